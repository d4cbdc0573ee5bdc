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
    [InlineData("of the content type 'text/plain'", """{ "payload": { "type": "array" }, "contentType": ‹"text/plain"› }""")]
    [InlineData("described by a schema of 'application/vnd.apache.avro;version=1.9.0'", """{ "payload": { "schemaFormat":"""
        + """ ‹"application/vnd.apache.avro;version=1.9.0"›, "schema": { "type": "object", "properties": {} } } }""")]
    public void EJ0050_reports_a_schema_that_is_not_generated(string message, string marked) =>
        SpecAssert.Fault("EJ0050", message, SpecText.Message(marked));

    [Theory]
    [InlineData("only a member of the payload itself", "$message.header#/token")]
    [InlineData("only a member of the payload itself", "$message.payload#/a/b")]
    [InlineData("only a member of the payload itself", "$message.payload#/")]
    [InlineData("the payload has no such member: did you mean 'token'?", "$message.payload#/tokn")]
    [InlineData("the payload has no such member: add it", "$message.payload#/correlationIdentifier")]
    [InlineData("the member is not a plain string", "$message.payload#/n")]
    public void EJ0022_explains_why_a_correlation_id_is_invalid(string message, string location) => SpecAssert.Fault(
        "EJ0022", message, SpecText.Message("{ \"correlationId\": { \"location\": ‹\"" + location + "\"› }, \"payload\": " + Token + " }"));

    [Fact]
    public void EJ0022_reports_a_union_with_a_correlation_id() => SpecAssert.Fault(
        "EJ0022",
        "the payload is a choice of objects",
        SpecText.Message("""
            { "correlationId": { "location": ‹"$message.payload#/token"› },
              "payload": { "oneOf": [{ "properties": { "k": { "const": "a" }, "token": { "type": "string" } } },
                { "properties": { "k": { "const": "b" }, "token": { "type": "string" } } }] } }
            """));

    [Fact]
    public void EJ0022_reports_a_payload_that_is_no_object() => SpecAssert.Fault(
        "EJ0022", "but the payload is not an object", SpecText.Message(
            """{ "payload": { "type": "string" }, "correlationId": { "location": ‹"$message.payload#/a"› } }"""));

    [Fact]
    public void EJ0022_reports_two_correlation_members_in_one_payload() => SpecAssert.Fault(
        "EJ0022",
        "another message with the same payload has it in 'a'",
        SpecText.Channel(
            """
            { "address": "a", "messages": {
                "m": { "correlationId": { "location": "$message.payload#/a" }, "payload": { "$ref": "#/components/schemas/P" } },
                "n": { "correlationId": { "location": ‹"$message.payload#/b"› }, "payload": { "$ref": "#/components/schemas/P" } } } }
            """,
            """{ "schemas": { "P": { "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" } } } } }"""));

    [Fact]
    public void EJ0033_suggests_the_member_of_a_message() =>
        SpecAssert.Fault(
            "EJ0033", "did you mean 'correlationId'?", SpecText.Message("{ ‹\"correlationID\"›: {}, \"payload\": " + Empty + " }"));

    [Fact]
    public void EJ0033_reports_a_member_that_a_message_trait_can_not_have() =>
        SpecAssert.Fault(
            "EJ0033", "is not a member of a message trait",
            SpecText.Message("{ \"traits\": [{ ‹\"payload\"›: {} }], \"payload\": " + Empty + " }"));

    [Fact]
    public void EJ0035_reports_that_packet_properties_are_not_generated() => SpecAssert.Fault(
        "EJ0035", "leaves the properties of MQTT 5 packets to the connection", SpecText.Message(
            "{ \"bindings\": { \"mqtt\": { ‹\"responseTopic\"›: \"a\" } }, \"payload\": " + Empty + " }"));

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
        "EJ0018", "use 1", """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "qos": ‹2› } } }""")]
    [InlineData(
        "EJ0021", "its message '#/channels/told/messages/m' has no 'correlationId'",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, ‹"reply"›: { "channel": { "$ref": "#/channels/yes" } } }""")]
    [InlineData(
        "EJ0021", "its message '#/channels/told/messages/m' has no 'correlationId'",
        """{ "action": "send", "channel": { "$ref": "#/channels/ask" }, ‹"reply"›: { "channel": { "$ref": "#/channels/told" } } }""")]
    [InlineData(
        "EJ0021", "its message '#/channels/told/messages/m' has no 'correlationId'",
        """{ "action": "send", "channel": { "$ref": "#/channels/ask" },"""
        + """ "reply": { "channel": { "$ref": "#/channels/yes" }, ‹"x-rejected"›: { "channel": { "$ref": "#/channels/told" } } } }""")]
    [InlineData(
        "EJ0021", "or add \"x-correlation\": \"topic\" to the reply",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, ‹"reply"›: { "channel": { "$ref": "#/channels/yes" } } }""")]
    [InlineData("EJ0006", "can't be 'token': write 'topic'", """{ "action": "send", "channel": { "$ref": "#/channels/told" },"""
        + """ "reply": { "channel": { "$ref": "#/channels/yes" }, "x-correlation": ‹"token"› } }""")]
    [InlineData("EJ0005", "must be a string, but is true", """{ "action": "send", "channel": { "$ref": "#/channels/ask" },"""
        + """ "reply": { "channel": { "$ref": "#/channels/yes" }, "x-correlation": ‹true› } }""")]
    [InlineData(
        "EJ0023", "describe it from the side of the requester",
        """{ "action": "receive", "channel": { "$ref": "#/channels/ask" }, ‹"reply"›: { "channel": { "$ref": "#/channels/yes" } } }""")]
    [InlineData(
        "EJ0033", "did you mean 'retain'?",
        """{ "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { ‹"retained"›: true } } }""")]
    [InlineData("EJ0033", "did you mean 'x-rejected'?", """{ "action": "send", "channel": { "$ref": "#/channels/ask" },"""
        + """ "reply": { "channel": { "$ref": "#/channels/yes" }, ‹"rejected"›: { "channel": { "$ref": "#/channels/no" } } } }""")]
    public void A_faulty_operation_is_reported(string id, string message, string operation) =>
        SpecAssert.Fault(id, message, SpecText.Operation(operation));

    [Fact]
    public void EJ0038_names_the_parameter_that_the_request_does_not_have() => SpecAssert.Fault(
        "EJ0038",
        "'#/channels/answer' carries a reply that is matched by its topic alone, but its address has the parameter 'b', which the "
        + "address of the request '#/channels/ask' does not have",
        SpecText.Document(
            """
            { "ask": { "address": "ask/{a}", "parameters": { "a": {} }, "messages": { "m": { "payload": { "type": "object", "x-name": "Ask",
              "properties": {} } } } },
              "answer": { "address": "answer/{a}/{b}", "parameters": { "a": {}, "b": {} },
                "messages": { "m": { "payload": { "type": "object", "x-name": "Answer", "properties": {} } } } } }
            """,
            """{ "o": { "action": "send", "channel": { "$ref": "#/channels/ask" },"""
                + """ "reply": { ‹"channel"›: { "$ref": "#/channels/answer" }, "x-correlation": "topic" } } }"""));

    [Fact]
    public void EJ0016_names_both_operations() => SpecAssert.Fault(
        "EJ0016",
        "both become 'DoIt' in C#",
        SpecText.Operations("""{ "doIt": { "action": "send", "channel": { "$ref": "#/channels/told" } }, ‹"do-it"›: { "action": "send","""
            + """ "channel": { "$ref": "#/channels/told" } } }"""));

    [Fact]
    public void EJ0017_names_the_operation_without_a_valid_name() => SpecAssert.Fault(
        "EJ0017", "which the generated code uses itself", SpecText.Operations(
            """{ ‹"equals"›: { "action": "send", "channel": { "$ref": "#/channels/told" } } }"""));
}
