using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Parse;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>How requests and replies are matched, and both sides of an operation.</summary>
public sealed class ReplyTests
{
    private const string Member = """{ "type": "object", "properties": { "id": { "type": "string" }, "n": { "type": "integer" },"""
        + """ "meta": { "type": "object", "properties": { "key": { "type": "string", "format": "uuid" } } } } }""";

    [Theory]
    [InlineData("$message.payload#/id", "Request", "")]
    [InlineData("$message.payload#/n", "LocatedRequest", "Number(\"n\")")]
    [InlineData("$message.payload#/meta/key", "LocatedRequest", "Uuid(\"meta/key\")")]
    [InlineData("$message.header#/requestId", "LocatedRequest", "UserProperty(\"requestId\")")]
    [InlineData("$message.header#/correlation-data", "LocatedRequest", "CorrelationData")]
    public void The_place_of_the_correlation_id_decides(string location, string kind, string place)
    {
        string spec = Spec(location, """ "address": "yes" """);
        CompiledSpec.Load(spec);
        string text = CompiledSpec.Files(spec)["TestOperations.g.cs"];
        Assert.Contains($" {kind}Operation<Ask, Yes, Yes> O ", text, StringComparison.Ordinal);
        string token = $"RequestToken = MessageLocation.{place}, AcceptedToken = MessageLocation.{place} }}";
        Assert.Equal(place.Length > 0, text.Contains(token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(""" "address": { "location": "$message.header#/replyTo" }, """, "ResponseTopic")]
    [InlineData(""" "address": { "location": "$message.payload#/id" }, """, "Text(\"id\")")]
    [InlineData("", "ResponseTopic")]
    public void A_reply_without_address_comes_on_a_topic_that_the_request_names(string address, string place)
    {
        string spec = Spec(null, """ "address": null """, address);
        CompiledSpec.Load(spec);
        string text = CompiledSpec.Files(spec)["TestOperations.g.cs"];
        Assert.Contains(
            $"{{ RequestToken = MessageLocation.CorrelationData, ReplyAddress = MessageLocation.{place} }}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Replies_on_the_same_topic_are_told_apart_like_messages() => CompiledSpec.Run(
        SpecText.Document(
            """
            { "ask": { "address": "ask/{x}", "messages": { "m": { "payload": { "$ref": "#/components/schemas/Ask" } } } },
              "yes": { "address": "reply/{x}", "messages": { "m": { "payload": { "$ref": "#/components/schemas/Done" } } } },
              "no": { "address": "reply/{y}", "messages": { "m": { "payload": { "$ref": "#/components/schemas/Refused" } } } } }
            """,
            """
            { "o": { "action": "send", "channel": { "$ref": "#/channels/ask" }, "reply": { "channel": { "$ref": "#/channels/yes" },
                "x-rejected": { "channel": { "$ref": "#/channels/no" } } } } }
            """,
            """
            { "schemas": {
                "Ask": { "type": "object", "properties": {} },
                "Done": { "type": "object", "required": ["result"], "properties": { "result": { "const": "done" } } },
                "Refused": { "type": "object", "required": ["result"], "properties": { "result": { "const": "refused" } } } } }
            """),
        """
        TopicRequestOperation<Ask, Done, Refused> o = TestOperations.O;
        Assert.Equal((TestChannel.Yes, TestChannel.Yes), ((TestChannel)o.AcceptedChannel, (TestChannel)o.RejectedChannel));
        Assert.Equal("reply/1", TestTopics.OReplyFilter("1"));
        Assert.True(Test("refused"));
        Assert.False(Test("done"));
        Assert.False(Test("other"));

        bool Test(string result) =>
            o.IsRejected!(Encoding.UTF8.GetBytes("{\"result\":\"" + result + "\"}"), MessageProperties.None);
        """);

    [Fact]
    public void A_header_may_be_a_member_of_the_payload()
    {
        OperationModel operation = Resolve(
            """
            { "ask": { "address": "ask", "messages": { "m": { "payload": { "type": "object", "properties": {
                "headers": { "type": "object", "properties": { "replyTo": { "type": "string" } } }, "payload": { "type": "string" } } } } } },
              "yes": { "address": null, "messages": { "y": { "payload": { "type": "string" } } } } }
            """,
            """ "address": { "location": "$message.header#/replyTo" }, """);
        Assert.Equal(new LocationModel(LocationKind.Text, "headers/replyTo"), operation.ReplyAddress);
    }

    [Fact]
    public void Without_a_correlation_id_the_topic_decides() =>
        Assert.Equal(OperationKind.TopicRequest, SpecAssert.Model(Spec(null, """ "address": "yes" """)).Operations[0].Kind);

    [Fact]
    public void The_other_side_answers()
    {
        string spec = Spec("$message.payload#/n", """ "address": "yes" """);
        OperationModel asked = SpecAssert.Model(spec).Operations[0];
        OperationModel answered = Peer(spec).Operations[0];
        Assert.Equal((OperationKind.LocatedRequest, true), (asked.Kind, asked.IsSend));
        Assert.Equal((OperationKind.Answer, false), (answered.Kind, answered.IsSend));
        Assert.Equal(asked.Accepted, answered.Accepted);
        OperationModel received = Peer(spec.Replace("\"send\"", "\"receive\"", StringComparison.Ordinal)).Operations[0];
        Assert.Equal((OperationKind.LocatedRequest, true), (received.Kind, received.IsSend));
    }

    [Fact]
    public void An_answered_operation_has_a_filter_of_its_requests() => CompiledSpec.Run(
        Spec("$message.payload#/id", """ "address": "yes/{x}" """, "", "ask/{x}")
            .Replace("\"send\"", "\"receive\"", StringComparison.Ordinal),
        """
        AnswerOperation<Ask, Yes, Yes> o = TestOperations.O;
        Assert.Equal(("ask/+", "ask/1"), (TestTopics.OFilter(), TestTopics.OFilter("1")));
        Assert.Equal((MessageLocation.Text("id"), MessageLocation.Text("id")), (o.RequestToken, o.AcceptedToken));
        Assert.Equal(((int)TestChannel.Ask, (int)TestChannel.Yes, 0), (o.RequestChannel, o.AcceptedChannel, o.RejectedChannel));
        Assert.Equal([o], TestSpec.Instance.Answers);
        Assert.Empty(TestSpec.Instance.Requests);
        Assert.Empty(TestSpec.Instance.Events);
        """);

    private static string Spec(string? location, string replyAddress, string address = "", string requestAddress = "ask")
    {
        string correlation = location is null ? "" : $$""" "correlationId": { "location": "{{location}}" }, """;
        string payload = Member.Replace("\"type\": \"object\", \"properties\": { \"id\"", "\"type\": \"object\", \"x-name\": \"NAME\", \"properties\": { \"id\"", StringComparison.Ordinal);
        return SpecText.Document(
            $$"""
            { "ask": { "address": "{{requestAddress}}", "messages": { "m": { {{correlation}} "payload": {{payload.Replace("NAME", "Ask", StringComparison.Ordinal)}} } } },
              "yes": { {{replyAddress}}, "messages": { "m": { {{correlation}} "payload": {{payload.Replace("NAME", "Yes", StringComparison.Ordinal)}} } } } }
            """,
            $$"""
            { "o": { "action": "send", "channel": { "$ref": "#/channels/ask" },
                     "reply": { {{address}} "channel": { "$ref": "#/channels/yes" } } } }
            """);
    }

    private static OperationModel Resolve(string channels, string address) => SpecAssert.Model(SpecText.Document(
        channels,
        $$"""
        { "o": { "action": "send", "channel": { "$ref": "#/channels/ask" },
                 "reply": { {{address}} "channel": { "$ref": "#/channels/yes" } } } }
        """)).Operations[0];

    private static SpecModel Peer(string spec) => SpecParser.Parse(
        "specs/topics.json", SourceText.From(spec), new SpecOptions("Test.Specs", Role: SpecRole.Peer)).Model!;
}
