using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>MQTT 5 properties of sent and received messages.</summary>
public sealed class MessagePropertiesTests : BrokerTests, IMqttHandler
{
    private static readonly MessageProperties All = new()
    {
        ContentType = "application/json",
        ResponseTopic = "replies/7",
        CorrelationData = new byte[] { 0, 1, 255 },
        UserProperties = [new("id", "1"), new("site", "Zürich"), new("id", "2")],
    };

    private readonly System.Threading.Channels.Channel<(string Topic, MessageProperties Properties)> _received =
        System.Threading.Channels.Channel.CreateUnbounded<(string, MessageProperties)>();

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        _received.Writer.TryWrite((topic, properties));
        receipt.Acknowledge();
    }

    [Fact]
    public async Task A_received_message_has_the_properties_with_which_it_was_sent()
    {
        await using MqttConnection connection = await ConnectedAsync(Options());
        Assert.Null(await connection.SubscribeAsync(["t/+"], default));
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "t/all", All));

        // The second message reuses the packet of the first, and has nothing of it.
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "t/none", null));
        (string topic, MessageProperties properties) = await Wait.ForAsync(_received.Reader.ReadAsync().AsTask(), "the first message");
        Assert.Equal("t/all", topic);
        Assert.Equal((All.ContentType, All.ResponseTopic), (properties.ContentType, properties.ResponseTopic));
        Assert.Equal(All.CorrelationData.ToArray(), properties.CorrelationData.ToArray());
        Assert.Equal(All.UserProperties, properties.UserProperties);
        Assert.Equal(("1", "Zürich", null), (properties.UserProperty("id"), properties.UserProperty("site"),
            properties.UserProperty("Id")));
        Assert.Same(MessageProperties.None, (await Wait.ForAsync(_received.Reader.ReadAsync().AsTask(), "the second message")).Properties);
    }

    [Fact]
    public async Task Version_3_sends_no_message_whose_properties_matter()
    {
        await using MqttConnection connection = await ConnectedAsync(Options() with { Version = MqttVersion.V311 });
        PublishResult refused = await PublishAsync(connection, "t/all", All);
        Assert.Equal(PublishStatus.Invalid, refused.Status);
        Assert.Contains("needs MQTT 5", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(
            PublishResult.Acknowledged, await PublishAsync(connection, "t/type", new MessageProperties { ContentType = "text/plain" }));
    }

    private static async Task<PublishResult> PublishAsync(MqttConnection connection, string topic, MessageProperties? properties) =>
        await connection.PublishAsync(
            topic, Encoding.UTF8.GetBytes("{}"), new PublishOptions(QualityOfService.AtLeastOnce) { Properties = properties }, default);
}
