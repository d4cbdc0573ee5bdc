namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>Faults of messages and operations.</summary>
public sealed class MessageFaults
{
    private const string Empty = """{ "type": "object", "properties": {} }""";
    private const string Token = """{ "type": "object", "properties": { "token": { "type": "string" }, "n": { "type": "integer" } } }""";

    [Theory]
    [InlineData(
        "an object or a list of the content type 'application/cbor': the code has it as it is, without a type; write 'application/json'",
        """{ "payload": { "type": "object", "properties": {} }, "contentType": ‹"application/cbor"› }""")]
    [InlineData(
        "is of several types, which a text does not tell apart: the code has it as it is, without a type; write one type",
        """{ "payload": { "type": ["integer", "boolean"] }, "contentType": ‹"text/plain"› }""")]
    [InlineData("one of several schemas of the content type 'text/plain'",
        """{ "payload": { "oneOf": [{ "type": "integer" }, { "type": "boolean" }] }, "contentType": ‹"text/plain"› }""")]
    [InlineData("of the content type 'text/plain'", """{ "payload": { "type": "array" }, "contentType": ‹"text/plain"› }""")]
    [InlineData("described by a schema of 'application/vnd.apache.avro;version=1.9.0'", """{ "payload": { "schemaFormat":"""
        + """ ‹"application/vnd.apache.avro;version=1.9.0"›, "schema": { "type": "object", "properties": {} } } }""")]
    public void EJ0050_reports_a_schema_that_is_not_generated(string message, string marked) =>
        SpecAssert.Fault("EJ0050", message, SpecText.Message(marked));

    [Theory]
    [InlineData("which names no place in a message", "$message.payload")]
    [InlineData("which names no place in a message", "$message.payload#/")]
    [InlineData("a member that the payload does not have: did you mean 'token'?", "$message.payload#/tokn")]
    [InlineData("a member that the payload does not have: add it", "$message.payload#/correlationIdentifier")]
    public void EJ0022_explains_why_a_correlation_id_is_invalid(string message, string location) => SpecAssert.Fault(
        "EJ0022", message, SpecText.Message("{ \"correlationId\": { \"location\": ‹\"" + location + "\"› }, \"payload\": " + Token + " }"));

    [Fact]
    public void EJ0033_suggests_the_member_of_a_message() =>
        SpecAssert.Fault(
            "EJ0033", "did you mean 'correlationId'?", SpecText.Message("{ ‹\"correlationID\"›: {}, \"payload\": " + Empty + " }"));

    [Fact]
    public void EJ0033_reports_a_member_that_a_message_trait_can_not_have() =>
        SpecAssert.Fault(
            "EJ0033", "is not a member of a message trait",
            SpecText.Message("{ \"traits\": [{ ‹\"payload\"›: {} }], \"payload\": " + Empty + " }"));

    [Theory]
    [InlineData("EJ0004", "'#/operations/o' has no member 'action'", """{ "channel": { "$ref": "#/channels/told" } }""")]
    [InlineData("EJ0004", "'#/operations/o' has no member 'channel'", """{ "action": "send" }""")]
    public void A_missing_member_of_an_operation_is_reported(string id, string message, string operation) =>
        SpecAssert.Fault(id, message, SpecText.Operations("{ ‹\"o\"›: " + operation + " }"));

    [Theory]
    [InlineData(
        "EJ0005", "must be an array, but is an object",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "traits": ‹{› } }""")]
    [InlineData("EJ0006", "can't be 'publish'", """{ "action": ‹"publish"›, "channel": { "$ref": "#/channels/told" } }""")]
    [InlineData(
        "EJ0006", "write a whole number from 0 to 2",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "qos": ‹3› } } }""")]
    [InlineData(
        "EJ0006", "write a whole number from 1",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "messageExpiryInterval": ‹1.5› } } }""")]
    [InlineData(
        "EJ0006", "write a whole number from 1",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "messageExpiryInterval": ‹0› } } }""")]
    [InlineData("EJ0011", "which is not a channel of 'channels'", """{ "action": "send", "channel": { "$ref": ‹"#/info"› } }""")]
    [InlineData(
        "EJ0011", "which is not a message of the channel 'told'",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "messages": [{ "$ref": ‹"#/channels/ask/messages/m"› }] }""")]
    [InlineData(
        "EJ0033", "did you mean 'bindings'?",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "traits": [{ ‹"binding"›: {} }] }""")]
    [InlineData("EJ0035", "which comes on the topic of its 'channel'", """{ "action": "send", "channel": { "$ref": "#/channels/ask" },"""
        + """ "reply": { ‹"address"›: { "location": "$message.header#/replyTo" }, "channel": { "$ref": "#/channels/yes" } } }""")]
    [InlineData(
        "EJ0018", "write 1", """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "qos": ‹2› } } }""")]
    [InlineData(
        "EJ0021", "The reply of '#/operations/o' is left out, so that it is a message without a reply: it has no 'channel'",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, ‹"reply"›: {} }""")]
    [InlineData(
        "EJ0021", "it has the topic of the request, so that each side would read its own messages; give it another 'channel'",
        """{ "action": "send", "channel": { "$ref": "#/channels/ask" }, "reply": { ‹"channel"›: { "$ref": "#/channels/ask" } } }""")]
    [InlineData(
        "EJ0021", "it has the topic of the request",
        """{ "action": "receive", "channel": { "$ref": "#/channels/two" }, "messages": [{ "$ref": "#/channels/two/messages/a" }],"""
        + """ "reply": { ‹"channel"›: { "$ref": "#/channels/two" }, "messages": [{ "$ref": "#/channels/two/messages/b" }] } }""")]
    [InlineData(
        "EJ0021", "it has the topic of the request",
        """{ "action": "send", "channel": { "$ref": "#/channels/ask" }, "reply": { "channel": { "$ref": "#/channels/yes" },"""
        + """ "x-rejected": { ‹"channel"›: { "$ref": "#/channels/ask" } } } }""")]
    [InlineData("EJ0006", "can't be 'token': write 'topic'", """{ "action": "send", "channel": { "$ref": "#/channels/told" },"""
        + """ "reply": { "channel": { "$ref": "#/channels/yes" }, "x-correlation": ‹"token"› } }""")]
    [InlineData("EJ0005", "must be a string, but is true", """{ "action": "send", "channel": { "$ref": "#/channels/ask" },"""
        + """ "reply": { "channel": { "$ref": "#/channels/yes" }, "x-correlation": ‹true› } }""")]
    [InlineData(
        "EJ0033", "did you mean 'retain'?",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { ‹"retained"›: true } } }""")]
    [InlineData("EJ0033", "did you mean 'x-rejected'?", """{ "action": "send", "channel": { "$ref": "#/channels/ask" },"""
        + """ "reply": { "channel": { "$ref": "#/channels/yes" }, ‹"rejected"›: { "channel": { "$ref": "#/channels/no" } } } }""")]
    public void A_faulty_operation_is_reported(string id, string message, string operation) =>
        SpecAssert.Fault(id, message, SpecText.Operation(operation));

    [Theory]
    [InlineData("both are the same message", "id", "Yes")]
    [InlineData("they have the correlation id in different places", "key", "No")]
    public void EJ0039_says_why_replies_on_one_topic_are_not_told_apart(string reason, string id, string refusal)
    {
        const string payload = "{ \"type\": \"object\", \"properties\": { \"id\": { \"type\": \"string\" }, \"key\": { \"type\": \"string\" } } }";
        SpecAssert.Fault(
            "EJ0039",
            $"The reply of '#/operations/o' to rejected requests is left out, so that it is read as the reply to accepted ones: both come on the "
            + $"same topic, and {reason}",
            SpecText.Document(
                $$"""
                { "ask": { "address": "ask", "messages": { "m": { "$ref": "#/components/messages/Ask" } } },
                  "yes": { "address": "reply", "messages": { "m": { "$ref": "#/components/messages/Yes" } } },
                  "no": { "address": "reply", "messages": { "m": { "$ref": "#/components/messages/{{refusal}}" } } } }
                """,
                """
                { "o": { "action": "send", "channel": { "$ref": "#/channels/ask" }, "reply": { "channel": { "$ref": "#/channels/yes" },
                    "x-rejected": { ‹"channel"›: { "$ref": "#/channels/no" } } } } }
                """,
                $$"""
                { "messages": {
                    "Ask": { "correlationId": { "location": "$message.payload#/id" }, "payload": {{payload}} },
                    "Yes": { "correlationId": { "location": "$message.payload#/id" }, "payload": {{payload}} },
                    "No": { "correlationId": { "location": "$message.payload#/{{id}}" }, "payload": {{payload}} } } }
                """));
    }

    /// <summary>A token in the messages helps the requester only, who then does not need to know the topic.</summary>
    [Theory]
    [InlineData(
        "send", "", "let the request name the topic (\"address\": null in '#/channels/answer'), or give all messages a 'correlationId'")]
    [InlineData("send", "topic", "or let the request name the topic (\"address\": null in '#/channels/answer')")]
    [InlineData("receive", "", "or let the request name the topic (\"address\": null in '#/channels/answer')")]
    public void EJ0038_names_the_parameter_that_the_request_does_not_have(string action, string correlation, string fix) =>
        SpecAssert.Fault(
        "EJ0038",
        "The reply of '#/operations/o' is left out, so that it is a message without a reply: the address of '#/channels/answer' has the "
        + "parameter 'b', which that of the request does not have; use only the parameters of the request, " + fix,
        SpecText.Document(
            """
            { "ask": { "address": "ask/{a}", "parameters": { "a": {} }, "messages": { "m": { "payload": { "type": "object", "x-name": "Ask",
              "properties": {} } } } },
              "answer": { "address": "answer/{a}/{b}", "parameters": { "a": {}, "b": {} },
                "messages": { "m": { "payload": { "type": "object", "x-name": "Answer", "properties": {} } } } } }
            """,
            $$"""{ "o": { "action": "{{action}}", "channel": { "$ref": "#/channels/ask" }, "reply": { ‹"channel"›:"""
                + """ { "$ref": "#/channels/answer" }""" + (correlation.Length == 0 ? "" : """, "x-correlation": "topic" """) + " } } }"));

    [Fact]
    public void EJ0021_says_what_a_request_without_a_known_address_needs() => SpecAssert.Fault(
        "EJ0021",
        "the address of the request is not known; give its channel an 'address', or let the request name the topic (\"address\": null in "
        + "'#/channels/yes', and an 'address' in 'reply')",
        SpecText.Document(
            """
            { "ask": { "address": null, "messages": { "m": { "payload": { "type": "object", "x-name": "Ask", "properties": {} } } } },
              "yes": { "address": "yes", "messages": { "m": { "payload": { "type": "object", "x-name": "Yes", "properties": {} } } } } }
            """,
            """
            { "o": { "action": "send", "channel": { "$ref": "#/channels/ask" }, ‹"reply"›: { "channel": { "$ref": "#/channels/yes" } } } }
            """));
}
