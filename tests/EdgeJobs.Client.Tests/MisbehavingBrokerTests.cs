using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// After a protocol violation the client sends DISCONNECT with the reason, and the next connection works. An invalid message is ignored.
/// </summary>
public sealed class MisbehavingBrokerTests
{
    private const string Thing = "pump-7";
    private const string Jobs = "$aws/things/pump-7/jobs/";
    private const string Left = "; the connection was closed";
    private readonly ListLogger _logger = new();

    /// <summary>
    /// The bytes that the server sends after SUBACK, the logged reason, and the reason code in the client's DISCONNECT (MQTT 5).
    /// </summary>
    public static TheoryData<string, byte[], string, byte> Faults => new()
    {
        { "5", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "a packet whose length does not end", 0x81 },
        { "3", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "a packet whose length does not end", 0 },
        { "5", [0x30, 0xFF, 0xFF, 0xFF, 0x7F], "a packet of 268435460 bytes; the limit is 139264", 0x95 },
        { "3", [0x30, 0xFF, 0xFF, 0xFF, 0x7F], "a packet of 268435460 bytes; the limit is 139264", 0 },
        { "5", [0x30, 0xFD, 0xBF, 0x08], "a packet of 139265 bytes; the limit is 139264", 0x95 },
        { "5", [0x00, 0x00], "a malformed packet (0x00, 2 bytes)", 0x81 },
        { "5", [0x30, 0x04, 0x00, 0xC8, 0x61, 0x62], "a malformed packet (0x30, 6 bytes)", 0x81 },
        { "3", [0x30, 0x04, 0x00, 0xC8, 0x61, 0x62], "a malformed packet (0x30, 6 bytes)", 0 },
        { "5", [0x30, 0x00], "a malformed packet (0x30, 2 bytes)", 0x81 },
        { "5", [0x32, 0x03, 0x00, 0x01, 0x61], "a malformed packet (0x32, 5 bytes)", 0x81 },
        { "5", [0x30, 0x05, 0x00, 0x01, 0x61, 0x01, 0x7E], "a malformed packet (0x30, 7 bytes)", 0x81 },
        { "5", [0x30, 0x04, 0x00, 0x01, 0x61, 0x7F], "a malformed packet (0x30, 6 bytes)", 0x81 },
        { "5", [0x32, 0x06, 0x00, 0x01, 0x61, 0x00, 0x00, 0x00], "a message of QoS 1 with the packet id 0", 0x81 },
        { "3", [0x32, 0x05, 0x00, 0x01, 0x61, 0x00, 0x00], "a message of QoS 1 with the packet id 0", 0 },
        { "5", [0x34, 0x06, 0x00, 0x01, 0x61, 0x00, 0x01, 0x00], "a message of QoS 2; the subscription allows 1", 0x82 },
        { "5", [0x36, 0x06, 0x00, 0x01, 0x61, 0x00, 0x01, 0x00], "a message of QoS 3; the subscription allows 1", 0x82 },
        { "5", [0x30, 0x03, 0x00, 0x00, 0x00], "a message without a topic", 0x82 },
        { "5", [0x30, 0x06, 0x00, 0x00, 0x03, 0x23, 0x00, 0x01], "a message without a topic", 0x82 },
        { "5", [0x40, 0x01, 0x00], "a malformed packet (0x40, 3 bytes)", 0x81 },
        { "3", [0x40, 0x00], "a malformed packet (0x40, 2 bytes)", 0 },
        { "5", [0x40, 0x02, 0x77, 0x77], "PUBACK for a packet that was not sent (id 30583)", 0x82 },
        { "3", [0x40, 0x02, 0x77, 0x77], "PUBACK for a packet that was not sent (id 30583)", 0 },
        { "5", [0x50, 0x02, 0x00, 0x01], "PUBREC, which is not expected now", 0x82 },
        { "3", [0x62, 0x02, 0x00, 0x01], "PUBREL, which is not expected now", 0 },
        { "5", [0x70, 0x02, 0x00, 0x01], "PUBCOMP, which is not expected now", 0x82 },
        { "5", [0x90, 0x04, 0x77, 0x77, 0x00, 0x01], "SUBACK for a packet that was not sent (id 30583)", 0x82 },
        { "3", [0x90, 0x03, 0x77, 0x77, 0x01], "SUBACK for a packet that was not sent (id 30583)", 0 },
        { "5", [0xB0, 0x04, 0x77, 0x77, 0x00, 0x00], "UNSUBACK for a packet that was not sent (id 30583)", 0x82 },
        { "5", [0x20, 0x03, 0x00, 0x00, 0x00], "CONNACK, which is not expected now", 0x82 },
        { "3", [0x20, 0x02, 0x00, 0x00], "CONNACK, which is not expected now", 0 },
        { "5", [0x10, 0x02, 0x00, 0x00], "CONNECT, which is not expected now", 0x82 },
        { "3", [0x82, 0x02, 0x00, 0x01], "SUBSCRIBE, which is not expected now", 0 },
        { "5", [0xA2, 0x02, 0x00, 0x01], "UNSUBSCRIBE, which is not expected now", 0x82 },
        { "5", [0xC0, 0x00], "PINGREQ, which is not expected now", 0x82 },
        { "5", [0xF0, 0x02, 0x18, 0x00], "AUTH, which is not expected now", 0x82 },
        { "3", [0xF0, 0x02, 0x18, 0x00], "a malformed packet (0xF0, 4 bytes)", 0 },
    };

    /// <summary>Ignored messages with their log lines.</summary>
    public static TheoryData<string, byte[], string> Messages
    {
        get
        {
            TheoryData<string, byte[], string> data = new();
            string unread = $"Warning: a notification on {Jobs}notify-next can't be read: ";
            string reply = $"Information: ignored a reply on {Jobs}start-next/accepted: no request waits for it";
            Add("notify-next", "", unread + "the payload is not valid JSON (byte 0)");
            Add("notify-next", "no JSON", unread + "the payload is not valid JSON (byte 0)");
            Add("notify-next", "[1]", unread + "the payload is not a JSON object (byte 0)");
            Add("notify-next", new string('[', 10_000), unread);
            Add("notify-next", "{\"execution\":" + string.Concat(Enumerable.Repeat("{\"a\":", 10_000)), unread);
            Add("notify-next", "{\"execution\":{\"jobId\":7}}", unread + "execution.jobId: the value has the wrong JSON type");
            Add("start-next/accepted", "{}", reply);
            Add("start-next/accepted", "{\"clientToken\":7}", reply);
            Add("start-next/accepted", "{\"clientToken\":\"somebody else's\"}", reply);
            Add("start-next/rejected", "{\"code\":\"InvalidJson\"}", reply.Replace("accepted", "rejected", StringComparison.Ordinal));
            Add("start-next/accepted", "{\"clientToken\":\"\\uD800\"}", reply);
            Add("start-next/accepted", "{\"a\":" + string.Concat(Enumerable.Repeat("[", 10_000)), reply);
            Add("never-heard-of", "{}", $"Warning: ignored a message on {Jobs}never-heard-of: no operation uses this topic");
            data.Add("5", MqttFrame.Message(5, Jobs + "notify-next", [0x7B, 0x22, 0x65, 0xFF, 0xC0, 0x22, 0x7D]), unread);
            data.Add("3", MqttFrame.Of(0x30, [0, 4, 0x24, 0xFF, 0xC0, 0x61, .. "{}"u8]), "no operation uses this topic");
            return data;

            void Add(string topic, string payload, string line)
            {
                data.Add("5", MqttFrame.Message(5, Jobs + topic, Encoding.UTF8.GetBytes(payload)), line);
                data.Add("3", MqttFrame.Message(4, Jobs + topic, Encoding.UTF8.GetBytes(payload)), line);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_protocol_violation_ends_the_connection_with_a_reason(string version, byte[] sent, string reason, byte code)
    {
        List<string> disconnects = [];
        await using UnrulyBroker broker = UnrulyBroker.Start(async (line, frame) =>
        {
            if (frame.Type == 14)
            {
                disconnects.Add(Convert.ToHexString(frame.Body));
            }

            if (frame.Type != MqttFrame.Subscribe || line.Number > 1)
            {
                return false;
            }

            await line.AnswerAsync(frame);
            await line.SendAsync(sent);
            return true;
        });
        await using JobsClient client = Client(broker.Port, version);

        // SUBACK may be handled before or after the next packet.
        ConnectResult connected = await Wait.ForAsync(client.ConnectAsync(default), "the end of connecting");
        if (connected.IsConnected)
        {
            Assert.IsType<JobsEvent.Connected>(await ReadAsync(client));
            JobsEvent.Disconnected lost = Assert.IsType<JobsEvent.Disconnected>(await ReadAsync(client));
            Assert.StartsWith("the server has sent " + reason, lost.Reason, StringComparison.Ordinal);
            Assert.EndsWith(Left, lost.Reason, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(reason, connected.Failure.Message, StringComparison.Ordinal);
            Assert.True((await Wait.ForAsync(client.ConnectAsync(default), "the end of connecting")).IsConnected);
        }

        Assert.IsType<JobsEvent.Connected>(await ReadAsync(client));
        Assert.Equal(ReplyStatus.Accepted, (await client.GetPendingAsync(default)).Status);
        Assert.Equal(code == 0
            ? []
            : [code.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)], disconnects.Select(body => body[..2]));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task An_invalid_message_is_ignored_and_logged_once(string version, byte[] sent, string line)
    {
        await using UnrulyBroker broker = UnrulyBroker.Start(async (connection, frame) =>
        {
            if (frame.Type == MqttFrame.Publish)
            {
                for (int i = 0; i < 20; i++)
                {
                    await connection.SendAsync(sent);
                }
            }

            return false;
        });
        await using JobsClient client = Client(broker.Port, version);
        Assert.Null((await Wait.ForAsync(client.ConnectAsync(default), "the end of connecting")).Failure);
        Assert.Equal(ReplyStatus.Accepted, (await client.GetPendingAsync(default)).Status);
        Assert.Equal(ReplyStatus.Accepted, (await client.GetPendingAsync(default)).Status);
        Assert.Single(_logger.Lines, l => l.Contains(line, StringComparison.Ordinal));
        Assert.Single(_logger.Lines, l => l.Contains("ignored a ", StringComparison.Ordinal)
            || l.Contains("can't be read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("5", new byte[] { 0x40, 4, 0x80, 0, 0x55, 0 }, ReplyStatus.Accepted)]
    [InlineData("5", new byte[] { 0x40, 4, 0x80, 0, 0xEE, 0 }, ReplyStatus.Refused)]
    public async Task The_first_bit_of_an_unknown_reason_code_decides(string version, byte[] acknowledgement, ReplyStatus expected)
    {
        await using UnrulyBroker broker = UnrulyBroker.Start(async (line, frame) =>
        {
            if (frame.Type != MqttFrame.Publish)
            {
                return false;
            }

            acknowledgement[3] = (byte)frame.PacketId;
            await line.SendAsync(acknowledgement);
            if (expected == ReplyStatus.Accepted)
            {
                await line.ReplyAsync(frame);
            }

            return true;
        });
        await using JobsClient client = Client(broker.Port, version);
        Assert.Null((await Wait.ForAsync(client.ConnectAsync(default), "the end of connecting")).Failure);
        Assert.Equal(expected, (await client.GetPendingAsync(default)).Status);
    }

    [Fact]
    public async Task A_duplicate_member_counts_once()
    {
        await using UnrulyBroker broker = UnrulyBroker.Start(async (line, frame) =>
        {
            if (frame.Type != MqttFrame.Publish)
            {
                return false;
            }

            string token = System.Text.Json.Nodes.JsonNode.Parse(frame.PayloadOf(line.Version))!["clientToken"]!.GetValue<string>();
            await line.PublishAsync(frame.Topic + "/accepted",
                $$"""{"clientToken":"{{token}}","timestamp":1,"timestamp":2,"clientToken":"{{token}}"}""");
            await line.SendAsync(MqttFrame.Of(0x40, [(byte)(frame.PacketId >> 8), (byte)frame.PacketId]));
            return true;
        });
        await using JobsClient client = Client(broker.Port, "5");
        Assert.Null((await Wait.ForAsync(client.ConnectAsync(default), "the end of connecting")).Failure);
        Assert.Equal(ReplyStatus.Accepted, (await client.GetPendingAsync(default)).Status);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task Ten_thousand_notifications_are_acknowledged_and_the_newest_is_read(string version)
    {
        const int Count = 10_000;
        int acknowledged = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using UnrulyBroker broker = UnrulyBroker.Start(async (line, frame) =>
        {
            if (frame.Type == MqttFrame.Acknowledge && ++acknowledged == Count)
            {
                all.SetResult();
            }

            if (frame.Type != MqttFrame.Subscribe)
            {
                return false;
            }

            await line.AnswerAsync(frame);
            _ = Task.Run(async () =>
            {
                for (int i = 1; i <= Count; i++)
                {
                    await line.PublishAsync(Jobs + "notify-next", "{\"execution\":{\"jobId\":\"job-" + i + "\"}}");
                }
            });
            return true;
        });
        await using JobsClient client = Client(broker.Port, version);
        Assert.Null((await Wait.ForAsync(client.ConnectAsync(default), "the end of connecting")).Failure);
        await Wait.ForAsync(all.Task, "the last acknowledgement");
        JobsEvent?[] events = [await ReadAsync(client), await ReadAsync(client)];
        Assert.Single(events.OfType<JobsEvent.Connected>());
        Assert.Equal("job-10000", Assert.Single(events.OfType<JobsEvent.NextJobExecutionChanged>()).Message.Execution!.JobId);
        Assert.All(_logger.Lines, line => Assert.Contains("connected to", line, StringComparison.Ordinal));
    }

    private static Task<JobsEvent?> ReadAsync(JobsClient client) =>
        Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the next event");

    private JobsClient Client(int port, string version)
    {
        MqttConnectionOptions options = new()
        {
            Host = "127.0.0.1",
            Port = port,
            UseTls = false,
            ClientId = Thing,
            Version = version == "5" ? MqttVersion.V5 : MqttVersion.V311,
        };
        ReconnectBackoff backoff = new(new Random(1), first: TimeSpan.FromMilliseconds(20), last: TimeSpan.FromMilliseconds(200));
        return new JobsClient(new JobsClientOptions
        {
            ThingName = Thing,
            Connection = options,
            Backoff = backoff,
            Random = new Random(2),
            Logger = _logger,
        });
    }
}
