namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>The generated operations.</summary>
public sealed class OperationTests
{
    [Fact]
    public void The_MQTT_binding_reaches_the_operation() => CompiledSpec.Run(
        SpecText.Operations("""
            { "plain": { "action": "send", "channel": { "$ref": "#/channels/told" } },
              "kept": { "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "qos": 0, "retain": true,
                "messageExpiryInterval": 60 } } },
              "heard": { "action": "receive", "channel": { "$ref": "#/channels/told" },
                "bindings": { "mqtt": { "messageExpiryInterval": 4294967295 } } },
              "asked": { "action": "send", "channel": { "$ref": "#/channels/ask" }, "bindings": { "mqtt": { "retain": true } },
                         "reply": { "channel": { "$ref": "#/channels/yes" } } } }
            """),
        """
        Assert.Equal(new PublishOptions(QualityOfService.AtLeastOnce), TestOperations.Plain.PublishOptions);
        Assert.Equal(new PublishOptions(QualityOfService.AtMostOnce, true, TimeSpan.FromMinutes(1)), TestOperations.Kept.PublishOptions);
        Assert.Equal(TimeSpan.FromSeconds(4294967295L), TestOperations.Heard.MessageExpiry);
        Assert.Equal(new PublishOptions(QualityOfService.AtLeastOnce, Retain: true), TestOperations.Asked.PublishOptions);
        Assert.Equal([true, true, false], TestSpec.Instance.Events.Select(e => e.IsSent));
        """);

    [Fact]
    public void A_reply_that_is_matched_by_its_topic_needs_no_token() => CompiledSpec.Run(
        SpecText.Operations("""
            { "tell": { "action": "send", "channel": { "$ref": "#/channels/told" },
                        "reply": { "channel": { "$ref": "#/channels/yes" }, "x-correlation": "topic",
                          "x-rejected": { "channel": { "$ref": "#/channels/no" } } } },
              "ask": { "action": "send", "channel": { "$ref": "#/channels/ask" }, "reply": { "channel": { "$ref": "#/channels/yes" } } } }
            """),
        """
        TopicRequestOperation<Told, Yes, No> tell = TestOperations.Tell;
        Assert.True(tell.CorrelationMember(tell.AcceptedChannel).IsEmpty);
        Assert.Equal((int)TestChannel.No, tell.RejectedChannel);
        Assert.Equal(["ask/+"], tell.ReplyFilters);
        RequestOperation<Ask, Yes, Yes> ask = TestOperations.Ask;
        Assert.Equal([tell, ask], TestSpec.Instance.Requests);
        """);

    [Fact]
    public void A_secret_is_in_no_text_of_the_model() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "required": ["key"], "properties": {
                "id": { "type": "string" }, "key": { "type": "string", "format": "password" },
                "passphrase": { "type": "string", "format": "password", "maxLength": 20 } } }
            """),
        """
        string Shown<T>() => typeof(T).GetCustomAttributes(false).OfType<System.Diagnostics.DebuggerDisplayAttribute>().Single().Value;
        Assert.Equal("M { Id = 1, Key = ***, Passphrase = *** }", new M { Id = "1", Key = "PLANTED", Passphrase = "PLANTED" }.ToString());
        Assert.Equal("M { Id = , Key = ***, Passphrase =  }", new M { Key = "PLANTED" }.ToString());
        Assert.Equal("Id = {Id}", Shown<M>());
        foreach (string name in new[] { "Key", "Passphrase" })
        {
            var browsable = typeof(M).GetProperty(name)!.GetCustomAttributes(false)
                .OfType<System.Diagnostics.DebuggerBrowsableAttribute>().Single();
            Assert.Equal(System.Diagnostics.DebuggerBrowsableState.Never, browsable.State);
        }
        """);
}
