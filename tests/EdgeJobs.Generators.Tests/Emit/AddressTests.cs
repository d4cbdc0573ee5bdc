namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>The forms of addresses that MQTT allows, and what a server puts before them.</summary>
public sealed class AddressTests
{
    [Fact]
    public void Levels_may_be_empty() => CompiledSpec.Run(
        SpecText.Document("""
            { "first": { "address": "/a/{x}" }, "middle": { "address": "a//{x}/b" }, "last": { "address": "a/{x}/" },
              "slash": { "address": "/" } }
            """),
        """
        Assert.Equal(("/a/1", "a//1/b", "a/1/", "/"), (TestTopics.First("1"), TestTopics.Middle("1"), TestTopics.Last("1"), TestTopics.Slash()));
        TestChannel Of(string topic) => TestTopics.TryMatch(topic, out TestTopicMatch match) ? match.Channel : TestChannel.None;
        Assert.Equal([TestChannel.First, TestChannel.Middle, TestChannel.Last, TestChannel.Slash],
          new[] { "/a/1", "a//1/b", "a/1/", "/" }.Select(Of));
        Assert.All(new[] { "a/1", "a/1/b", "//", "", "/a/", "a///b" }, topic => Assert.Equal(TestChannel.None, Of(topic)));
        """);

    [Fact]
    public void A_level_may_have_several_parameters() => CompiledSpec.Run(
        SpecText.Document("""{ "c": { "address": "v/p{a}-{b}:{c}s/end" } }"""),
        """
        Assert.Equal("v/p1-2:3s/end", TestTopics.C("1", "2", "3"));
        Assert.True(TestTopics.TryMatch("v/p1-x-y:3s/end", out TestTopicMatch match));
        Assert.Equal("1|x-y|3", $"{match.A}|{match.B}|{match.C}");
        Assert.All(new[] { "v/p1:2-3s/end", "v/p-2:3s/end", "v/p1-:3s/end", "v/p1-2:s/end", "v/1-2:3s/end" },
          topic => Assert.False(TestTopics.TryMatch(topic, out _)));
        """);

    [Fact]
    public void Parameters_need_no_declaration_and_a_wildcard_is_one() => CompiledSpec.Run(
        SpecText.Document(
            """
            { "c": { "address": "devices/+/{what}/+", "messages": { "m": { "payload": { "type": "object", "properties": {} } } } } }
            """,
            """{ "heard": { "action": "receive", "channel": { "$ref": "#/channels/c" } } }"""),
        """
        Assert.Equal("devices/a/b/c", TestTopics.C("a", "b", "c"));
        Assert.Equal("devices/+/b/+", TestTopics.HeardFilter(what: "b"));
        Assert.Equal("devices/+/+/+", TestTopics.HeardFilter());
        Assert.True(TestTopics.TryMatch("devices/a/b/c", out TestTopicMatch match));
        Assert.Equal("abc", string.Concat(match.Wildcard2, match.What, match.Wildcard4));
        Assert.Equal("devices/{wildcard2}/{what}/{wildcard4}", TestSpec.Instance.AddressOf((int)TestChannel.C));
        """);

    [Fact]
    public void A_channel_without_address_has_no_topics() => CompiledSpec.Run(
        SpecText.Document(
            """
            { "c": { "address": null, "messages": { "m": { "payload": { "type": "object", "properties": {} } } } }, "d": {} }
            """,
            """
            { "heard": { "action": "receive", "channel": { "$ref": "#/channels/c" } },
              "told": { "action": "send", "channel": { "$ref": "#/channels/c" } } }
            """),
        """
        Assert.DoesNotContain(typeof(TestTopics).GetMethods(), m => m.Name is "C" or "HeardFilter" or "TryFormatC");
        Assert.Equal("", TestSpec.Instance.AddressOf((int)TestChannel.C));
        Assert.Equal((int)TestChannel.C, TestOperations.Told.Channel);
        Assert.False(TestTopics.TryMatch("c", out _));
        """);

    [Fact]
    public void Channels_with_the_same_topics_share_a_place_in_the_matcher() => CompiledSpec.Run(
        SpecText.Document(
            """
            { "one": { "address": "a/{x}/b" }, "two": { "address": "a/{y}/b", "messages": { "m": { "payload": { "type": "object", "properties": {} } } } },
              "other": { "address": "a/{x}/b", "parameters": { "x": { "enum": ["1", "2"] } } } }
            """,
            """{ "heard": { "action": "receive", "channel": { "$ref": "#/channels/two" } } }"""),
        """
        Assert.Equal(("a/1/b", "a/1/b"), (TestTopics.One("1"), TestTopics.Two("1")));
        Assert.True(TestTopics.TryMatch("a/1/b", out TestTopicMatch match));
        Assert.Equal((TestChannel.One, "1"), (match.Channel, match.X.ToString()));
        Assert.Equal((int)TestChannel.One, TestOperations.Heard.Channel);
        Assert.Equal("a/+/b", TestTopics.HeardFilter());
        """);

    [Fact]
    public void The_path_of_a_server_comes_first() => CompiledSpec.Run(
        """
        { "asyncapi": "3.0.0", "info": { "title": "Test", "version": "1" }, "servers": {
            "web": { "host": "h", "protocol": "ws", "pathname": "socket" },
            "broker": { "host": "h", "protocol": "mqtt", "pathname": "api/{version}/{module_id}/",
              "variables": { "version": { "enum": ["1", "2"], "default": "2" }, "module_id": { "description": "The module." } } },
            "bare": { "host": "h", "protocol": "mqtts", "pathname": "/mqtt" } },
          "channels": { "c": { "address": "e/{x}", "servers": [{ "$ref": "#/servers/broker" }],
              "messages": { "m": { "payload": { "type": "object", "properties": {} } } } },
            "slash": { "address": "/s", "servers": [{ "$ref": "#/servers/broker" }] },
            "d": { "address": "d", "servers": [{ "$ref": "#/servers/bare" }] } },
          "operations": { "heard": { "action": "receive", "channel": { "$ref": "#/channels/c" } } } }
        """,
        """
        Assert.Equal("api/2/m7/e/1", TestTopics.C("m7", "1"));
        Assert.Equal("api/1/m7/e/1", TestTopics.C("m7", "1", version: "1"));
        Assert.Throws<ArgumentException>(() => TestTopics.C("m7", "1", version: "3"));
        Assert.Equal("api/2/m7/s", TestTopics.Slash("m7"));
        Assert.Equal("d", TestTopics.D());
        Assert.Equal("api/+/m7/e/+", TestTopics.HeardFilter(moduleId: "m7"));
        Assert.True(TestTopics.TryMatch("api/1/m7/e/9", out TestTopicMatch match));
        Assert.Equal("1 m7 9", $"{match.Version} {match.ModuleId} {match.X}");
        Assert.False(TestTopics.TryMatch("e/9", out _));
        Assert.Equal("api/{version}/{module_id}/e/{x}", TestSpec.Instance.AddressOf((int)TestChannel.C));
        """);

    [Theory]
    [InlineData("q/{x}", "r/{x}", "s/{x}/q/{x2}", "s/{x}/r/{x2}")]
    [InlineData("q/{y}/{x}", "r/{x}/{y}", "s/{x}/q/{y}/{x2}", "s/{x}/r/{x2}/{y}")]
    [InlineData("q/{x}/{x2}", "r/{x2}/{x}", "s/{x}/q/{x3}/{x2}", "s/{x}/r/{x2}/{x3}")]
    [InlineData("q/{y}/{a-b}/{aB}", "r/{aB}", "s/{x}/q/{y}/{a-b}/{aB}", "s/{x}/r/{aB}")]
    public void A_reply_has_the_parameters_of_the_same_place(string request, string reply, string requestAddress, string replyAddress)
    {
        string spec = $$"""
            { "asyncapi": "3.0.0", "info": { "title": "Test", "version": "1" },
              "servers": { "broker": { "host": "h", "protocol": "mqtt", "pathname": "s/{x}" } },
              "channels": { "q": { "address": "{{request}}", "messages": { "m": { "payload": { "type": "object", "properties": {} } } } },
                "r": { "address": "{{reply}}", "messages": { "n": { "payload": { "type": "object", "properties": {} } } } } },
              "operations": { "ask": { "action": "send", "channel": { "$ref": "#/channels/q" },
                "reply": { "channel": { "$ref": "#/channels/r" } } } } }
            """;
        CompiledSpec.Run(spec, $"""
            Assert.Equal("{requestAddress}", TestSpec.Instance.AddressOf((int)TestChannel.Q));
            Assert.Equal("{replyAddress}", TestSpec.Instance.AddressOf((int)TestChannel.R));
            Assert.Equal(["{replyAddress}"], TestOperations.Ask.ReplyFilters);
            """);
    }

    [Fact]
    public void A_parameter_of_the_reply_that_is_written_otherwise_is_another_one() => CompiledSpec.Run(
        SpecText.Document(
            """
            { "q": { "address": "q/{thing-name}", "messages": { "m": { "payload": { "type": "object", "properties": {} } } } },
              "r": { "address": "r/{thingName}", "messages": { "n": { "payload": { "type": "object", "properties": {} } } } } }
            """,
            """
            { "ask": { "action": "send", "channel": { "$ref": "#/channels/q" }, "reply": { "channel": { "$ref": "#/channels/r" } } } }
            """),
        "EventOperation<M> ask = TestOperations.Ask; Assert.Equal(\"ask\", ask.Name);",
        ["EJ0038"]);
}
