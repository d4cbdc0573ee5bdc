using EdgeJobs.Generators.Tests.Pipeline;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>The generated client compiles, whatever the names in the spec; its run time is tested in EdgeJobs.Client.Tests.</summary>
public sealed class ClientTests
{
    [Theory]
    [InlineData("topics.json")]
    [InlineData("tests/EdgeJobs.Generators.Tests/Specs/everything.topics.json")]
    public void A_client_compiles_without_warnings(string spec)
    {
        SpecProject project = WithClient(File.ReadAllText(Repository.PathOf(spec)));
        Assert.Empty(project.Result.Diagnostics);
        project.AssertCompiles();
        Assert.Contains("public sealed class", project.Text, StringComparison.Ordinal);
        Assert.Contains(project.Names, name => name.EndsWith("Client.g.cs", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_metadata_there_is_no_client()
    {
        SpecProject project = new(("topics.json", File.ReadAllText(Repository.PathOf("topics.json"))));
        Assert.DoesNotContain(project.Names, name => name.EndsWith("Client.g.cs", StringComparison.Ordinal));
    }

    /// <summary>Schemas, operations and topic parameters with the names that the client itself uses.</summary>
    [Fact]
    public void A_spec_may_use_the_names_of_the_client()
    {
        string[] types =
        [
            "Answer", "CancellationToken", "ConnectResult", "EventFeed", "Func", "IAsyncDisposable", "MessageReceipt",
            "PublishResult", "Reply", "ServiceClient", "ServiceClientOptions", "Task", "ValueTask", "TestClient", "ToldReceived", "Told",
        ];
        string[] parameters = ["request", "message", "cancellationToken", "receipt", "properties", "received", "toldReceived", "event"];
        string[] operations = ["connect", "dispose", "disconnect", "isConnected", "testClient", "testSpec", "publish"];
        string address = "\"t/{" + string.Join("}/{", parameters) + "}\"";
        string declared = string.Join(", ", parameters.Select(p => $$"""
            "{{p}}": {}
            """));
        string members = string.Join(", ", types.Select(t => $$"""
            "{{t}}": { "$ref": "#/components/schemas/{{t}}" }
            """));
        string schemas = string.Join(", ", types.Select(t => $$"""
            "{{t}}": { "type": "object", "properties": { "token": { "type": "string" } } }
            """));
        SpecProject project = WithClient(SpecText.Document(
            $$"""
            {
              "told": { "address": {{address}}, "parameters": { {{declared}} }, "messages": { "m": { "payload": { "$ref": "#/components/schemas/Told" } } } },
              "many": { "address": "many", "messages": { "m": { "payload": { "type": "object", "x-name": "Many", "properties": { {{members}} } } } } },
              "ask": { "address": {{address.Replace("t/", "ask/", StringComparison.Ordinal)}}, "parameters": { {{declared}} },
                "messages": { "m": { "correlationId": { "location": "$message.payload#/token" }, "payload": { "$ref": "#/components/schemas/Task" } } } },
              "yes": { "address": "yes", "messages": { "m": { "correlationId": { "location": "$message.payload#/token" },
                "payload": { "$ref": "#/components/schemas/Reply" } } } }
            }
            """,
            $$"""
            {
              {{string.Concat(operations.Select(o => $$"""
                  "{{o}}": { "action": "send", "channel": { "$ref": "#/channels/told" } },
                  "{{o}}ed": { "action": "receive", "channel": { "$ref": "#/channels/many" } },
                  """))}}
              "told": { "action": "receive", "channel": { "$ref": "#/channels/told" } },
              "ask": { "action": "send", "channel": { "$ref": "#/channels/ask" }, "reply": { "channel": { "$ref": "#/channels/yes" } } },
              "serve": { "action": "receive", "channel": { "$ref": "#/channels/ask" }, "reply": { "channel": { "$ref": "#/channels/yes" } } }
            }
            """,
            $$"""{ "schemas": { {{schemas}} } }"""));
        Assert.Equal([], project.Result.Diagnostics.Select(d => d.ToString()));
        project.AssertCompiles();
        Assert.Contains("ConnectValueAsync(", project.Text, StringComparison.Ordinal);
        Assert.Contains("class TestClientValue", project.Text, StringComparison.Ordinal);
        Assert.Contains("record ToldReceivedValue(", project.Text, StringComparison.Ordinal);
    }

    /// <summary>Neither that of the client nor of one that it uses: C# would take the class for the method.</summary>
    /// <param name="title">The title, from which the classes have their names.</param>
    /// <param name="schema">The schema of the request: the client gets another name if this is <c>TClient</c>.</param>
    /// <param name="operation">The key of an operation without a reply, which the client listens to, and of one that it answers.</param>
    /// <param name="feed">The method of the first.</param>
    /// <param name="answer">The method of the second.</param>
    [Theory]
    [InlineData("T", "TClient", "tClient", "TClientValueValue", "AnswerTClient")]
    [InlineData("T", "Other", "tClient", "TClientValue", "AnswerTClient")]
    [InlineData("Answer", "Other", "client", "Client", "AnswerClientValue")]
    [InlineData("Answer T", "Other", "tTopics", "TTopics", "AnswerTTopicsValue")]
    [InlineData("Answer T", "Other", "tOperations", "TOperations", "AnswerTOperationsValue")]
    [InlineData("Answer T", "Other", "tSpec", "TSpec", "AnswerTSpecValue")]
    public void A_method_does_not_have_the_name_of_a_class(string title, string schema, string operation, string feed, string answer)
    {
        foreach (string reply in (string[])["", """, "reply": { "channel": { "$ref": "#/channels/yes" } }"""])
        {
            SpecProject project = new(
                new SpecProject.Options("Test.Specs", ("topics.json", "Client", "true"), ("topics.json", "Role", "Peer")),
                ("topics.json", SpecText.Document(
                    $$"""
                    {
                      "ask": { "address": "ask", "messages": { "m": { "correlationId": { "location": "$message.payload#/t" },
                        "payload": { "$ref": "#/components/schemas/{{schema}}" } } } },
                      "yes": { "address": "yes", "messages": { "m": { "$ref": "#/channels/ask/messages/m" } } }
                    }
                    """,
                    $$"""{ "{{operation}}": { "action": "send", "channel": { "$ref": "#/channels/ask" }{{reply}} } }""",
                    $$"""{ "schemas": { "{{schema}}": { "type": "object", "properties": { "t": { "type": "string" } } } } }""",
                    $$"""{ "title": "{{title}}", "version": "1" }""")));
            Assert.Empty(project.Result.Diagnostics);
            project.AssertCompiles();
            Assert.Contains($" {(reply.Length == 0 ? feed : answer)}(", project.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("connectAsync")]
    [InlineData("disconnectAsync")]
    [InlineData("disposeAsync")]
    [InlineData("isConnected")]
    public void A_feed_does_not_have_the_name_of_a_member(string operation)
    {
        SpecProject project = WithClient(SpecText.Operations(
            $$"""{ "{{operation}}": { "action": "receive", "channel": { "$ref": "#/channels/told" } } }"""));
        Assert.Empty(project.Result.Diagnostics);
        project.AssertCompiles();
        Assert.Contains($" {char.ToUpperInvariant(operation[0])}{operation[1..]}Value()", project.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reply_on_a_topic_with_other_parameters_is_awaited_on_all_of_them()
    {
        SpecProject project = WithClient(SpecText.Document(
            """
            {
              "ask": { "address": "ask/{a}/{b}", "parameters": { "a": {}, "b": {} }, "messages": { "m": { "correlationId": { "location": "$message.payload#/t" },
                "payload": { "type": "object", "x-name": "M", "properties": { "t": { "type": "string" } } } } } },
              "yes": { "address": "yes/{b}/{c}/{a}", "parameters": { "a": { "enum": ["x", "y"] }, "b": {}, "c": {} }, "messages": { "m": { "$ref": "#/channels/ask/messages/m" } } }
            }
            """,
            """{ "ask": { "action": "send", "channel": { "$ref": "#/channels/ask" }, "reply": { "channel": { "$ref": "#/channels/yes" } } } }"""));
        project.AssertCompiles();
        Assert.Contains("TestTopics.AskReplyFilter(b, null, null),", project.Text, StringComparison.Ordinal);
    }

    /// <summary>The client listens on topics of its own; the caller names a topic that the spec leaves open.</summary>
    [Fact]
    public void Topics_that_are_known_at_run_time_only_are_arguments_or_the_clients_own()
    {
        SpecProject project = WithClient(SpecText.Document(
            """
            {
              "ask": { "address": "ask", "messages": { "m": { "payload": { "type": "object", "x-name": "M", "properties": {} } } } },
              "yes": { "address": null, "messages": { "m": { "$ref": "#/channels/ask/messages/m" } } },
              "open": { "address": null, "messages": { "m": { "$ref": "#/channels/ask/messages/m" } } }
            }
            """,
            """
            {
              "ask": { "action": "send", "channel": { "$ref": "#/channels/ask" },
                "reply": { "address": { "location": "$message.header#/replyTo" }, "channel": { "$ref": "#/channels/yes" } } },
              "serve": { "action": "receive", "channel": { "$ref": "#/channels/ask" },
                "reply": { "address": { "location": "$message.header#/replyTo" }, "channel": { "$ref": "#/channels/yes" } } },
              "tell": { "action": "send", "channel": { "$ref": "#/channels/open" } },
              "hear": { "action": "receive", "channel": { "$ref": "#/channels/open" } }
            }
            """));
        project.AssertCompiles();
        Assert.Contains("AskAsync(M request, CancellationToken cancellationToken = default)", project.Text, StringComparison.Ordinal);
        Assert.Contains("TellAsync(string topic, M message, CancellationToken", project.Text, StringComparison.Ordinal);
        Assert.Contains("public void AnswerServe(Func<ServeReceived, CancellationToken, ValueTask<Answer<M, M>>> handler)", project.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" Hear(", project.Text, StringComparison.Ordinal);
    }

    private static SpecProject WithClient(string spec) =>
        new(new SpecProject.Options("Test.Specs", ("topics.json", "Client", "true")), ("topics.json", spec));
}
