namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Channels and operations with several messages, or with none.</summary>
public sealed class MessageSetTests
{
    private const string Schemas = """
        { "schemas": {
            "On": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "on" }, "level": { "type": "integer" } } },
            "Off": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "off" } } },
            "Level": { "type": "object", "required": ["level"], "properties": { "level": { "type": "integer", "maximum": 100 } } },
            "Name": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } } } }
        """;

    [Fact]
    public void A_member_with_a_constant_distinguishes_messages() => CompiledSpec.Run(
        Lights("""
            { "on": { "payload": { "$ref": "#/components/schemas/On" } },
              "off": { "payload": { "$ref": "#/components/schemas/Off" } } }
            """),
        """
        EventOperation<LightsMessage> operation = TestOperations.Watch;
        Assert.Equal(3, Assert.IsType<LightsMessage.OfOn>(Codec.Read<LightsMessage>("{\"level\":3,\"kind\":\"on\"}")).Value.Level);
        Assert.IsType<LightsMessage.OfOff>(Codec.Read<LightsMessage>("{\"kind\":\"off\"}"));
        string other = "{\"kind\":\"dim\",  \"x\":[1]}";
        Assert.IsType<UnknownLightsMessage>(Codec.Read<LightsMessage>(other));
        Assert.Equal(other, Codec.Again<LightsMessage>(other));
        Assert.Equal("kind: the required member is missing (byte 0)", Codec.Fault<LightsMessage>("{}"));
        LightsMessage made = new Off { Kind = "off" };
        Assert.Equal("{\"kind\":\"off\"}", Codec.Write(made));
        Assert.Same(MessageProperties.None, ((IMessage)made).PropertiesToSend);
        Assert.True(LightsMessage.CanRead("{\"kind\":\"on\"}"u8, out _));
        Assert.False(LightsMessage.CanRead("[]"u8, out _));
        """);

    [Fact]
    public void A_user_property_distinguishes_messages() => CompiledSpec.Run(
        Lights("""
            { "low": { "headers": { "type": "object", "properties": { "type": { "const": "low" } } },
                "payload": { "type": "integer" } },
              "high": { "traits": [{ "headers": { "properties": { "type": { "enum": ["high"] } } } }],
                "payload": { "type": "integer" } } }
            """),
        """
        byte[] five = { (byte)'5' };
        MessageProperties high = new() { UserProperties = [new("x", "y"), new("type", "high")] };
        Assert.True(LightsMessage.TryRead(five, high, out LightsMessage? message, out _));
        Assert.Equal(new LightsMessage.OfHigh(new High(5)), message);
        Assert.True(LightsMessage.TryRead(five, new() { UserProperties = [new("type", "new")] }, out message, out _));
        Assert.IsType<UnknownLightsMessage>(message);
        Assert.Equal(new LightsMessage.OfLow(new Low(5)), Codec.Read<LightsMessage>("5"));
        LightsMessage made = new High(1);
        Assert.Equal("high", ((IMessage)made).PropertiesToSend.UserProperty("type"));
        """);

    [Fact]
    public void The_content_type_distinguishes_messages() => CompiledSpec.Run(
        Lights("""
            { "plain": { "contentType": "text/plain", "payload": { "type": "string" } },
              "data": { "contentType": "application/json", "payload": { "$ref": "#/components/schemas/Level" } },
              "image": { "contentType": "image/png" , "payload": {  } } }
            """),
        """
        byte[] payload = Encoding.UTF8.GetBytes("{\"level\":1}");
        Assert.True(LightsMessage.TryRead(payload, new() { ContentType = "Text/Plain; charset=utf-8" }, out LightsMessage? message, out _));
        Assert.Equal(new LightsMessage.OfPlain(new Plain("{\"level\":1}")), message);
        Assert.True(LightsMessage.TryRead(payload, new() { ContentType = "image/png" }, out message, out _));
        Assert.IsType<LightsMessage.OfImage>(message);
        Assert.IsType<LightsMessage.OfLevel>(Codec.Read<LightsMessage>("{\"level\":1}"));
        Assert.IsType<LightsMessage.OfPlain>(Codec.Read<LightsMessage>("level 1"));
        Assert.True(LightsMessage.TryRead(new byte[] { 0xFF }, out message, out _));
        Assert.IsType<LightsMessage.OfImage>(message);
        LightsMessage made = new Plain("a");
        Assert.Equal("text/plain", ((IMessage)made).PropertiesToSend.ContentType);
        """);

    [Fact]
    public void The_first_message_that_fits_best_is_read() => CompiledSpec.Run(
        Lights("""
            { "level": { "payload": { "$ref": "#/components/schemas/Level" } },
              "name": { "payload": { "$ref": "#/components/schemas/Name" } },
              "nothing": {} }
            """),
        """
        Assert.IsType<LightsMessage.OfLevel>(Codec.Read<LightsMessage>("{\"level\":1}"));
        Assert.IsType<LightsMessage.OfName>(Codec.Read<LightsMessage>("{\"name\":\"a\"}"));
        Assert.IsType<LightsMessage.OfNothing>(Codec.Read<LightsMessage>(""));
        Assert.Equal("level must be at most 100", Codec.Violation(Codec.Read<LightsMessage>("{\"level\":101}")));
        Assert.Equal("level: the required member is missing (byte 0)", Codec.Fault<LightsMessage>("{\"x\":1}"));
        """);

    [Fact]
    public void Operations_choose_from_the_messages_of_a_channel() => CompiledSpec.Run(
        SpecText.Document(
            """
            { "lights": { "address": "lights", "messages": { "on": { "payload": { "$ref": "#/components/schemas/On" } },
                "off": { "payload": { "$ref": "#/components/schemas/Off" } },
                "name": { "payload": { "$ref": "#/components/schemas/Name" } } } },
              "bare": { "address": "bare" } }
            """,
            """
            { "switch": { "action": "send", "channel": { "$ref": "#/channels/lights" }, "messages": [
                { "$ref": "#/channels/lights/messages/on" }, { "$ref": "#/channels/lights/messages/off" }] },
              "rename": { "action": "send", "channel": { "$ref": "#/channels/lights" }, "messages": [
                { "$ref": "#/channels/lights/messages/name" }] },
              "watch": { "action": "receive", "channel": { "$ref": "#/channels/lights" } },
              "listen": { "action": "receive", "channel": { "$ref": "#/channels/bare" } },
              "speak": { "action": "send", "channel": { "$ref": "#/channels/bare" } } }
            """,
            Schemas),
        """
        EventOperation<SwitchMessage> some = TestOperations.Switch;
        EventOperation<Name> one = TestOperations.Rename;
        EventOperation<LightsMessage> all = TestOperations.Watch;
        EventOperation<BareMessage> undescribed = TestOperations.Listen;
        EventOperation<BareMessage> same = TestOperations.Speak;
        Assert.Equal("anything", Encoding.UTF8.GetString(Codec.Read<BareMessage>("anything").Value.Span));
        SwitchMessage message = new On { Kind = "on" };
        Assert.Equal("{\"kind\":\"on\"}", Codec.Write(message));
        """);

    [Fact]
    public void Messages_of_one_type_are_one() => CompiledSpec.Run(
        Lights("""
            { "a": { "payload": { "$ref": "#/components/schemas/On" } },
              "b": { "payload": { "$ref": "#/components/schemas/On" } } }
            """),
        "EventOperation<On> operation = TestOperations.Watch;");

    private static string Lights(string messages) => SpecText.Document(
        $$"""{ "lights": { "address": "lights", "messages": {{messages}} } }""",
        """{ "watch": { "action": "receive", "channel": { "$ref": "#/channels/lights" } } }""",
        Schemas);
}
