namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>What operations become.</summary>
public sealed class OperationTests
{
    [Fact]
    public void The_MQTT_binding_reaches_the_operation() => CompiledSpec.Run(
        SpecText.Operations("""
            { "plain": { "action": "send", "channel": { "$ref": "#/channels/told" } },
              "kept": { "action": "send", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "qos": 0, "retain": true, "messageExpiryInterval": 60 } } },
              "heard": { "action": "receive", "channel": { "$ref": "#/channels/told" }, "bindings": { "mqtt": { "messageExpiryInterval": 4000000 } } },
              "asked": { "action": "send", "channel": { "$ref": "#/channels/ask" }, "bindings": { "mqtt": { "retain": true } },
                         "reply": { "channel": { "$ref": "#/channels/yes" } } } }
            """),
        """
        Assert.Equal(new PublishOptions(QualityOfService.AtLeastOnce), TestOperations.Plain.PublishOptions);
        Assert.Equal(new PublishOptions(QualityOfService.AtMostOnce, true, TimeSpan.FromMinutes(1)), TestOperations.Kept.PublishOptions);
        Assert.Equal(TimeSpan.FromSeconds(4000000), TestOperations.Heard.MessageExpiry);
        Assert.Equal(new PublishOptions(QualityOfService.AtLeastOnce, Retain: true), TestOperations.Asked.PublishOptions);
        Assert.Equal([true, true, false], TestSpec.Instance.Events.Select(e => e.IsSent));
        """);
}
