using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeJobs.Testing;

/// <summary>One connection to an <see cref="UnrulyBroker"/>.</summary>
public sealed class UnrulyLine(int number, Stream stream, CancellationToken stop)
{
    private readonly SemaphoreSlim _writing = new(1);
    private ushort _lastId = 1000;

    /// <summary>The number of the connection, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>The protocol level of the client: 4 is MQTT 3.1.1.</summary>
    public byte Version { get; private set; }

    /// <summary>The job document of the next reply to start-next; empty for none.</summary>
    public string Document { get; set; } = "";

    /// <summary>Reads the protocol level from CONNECT.</summary>
    public void Note(MqttFrame frame)
    {
        if (frame.Type == MqttFrame.Connect)
        {
            Version = frame.Body[6];
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync(stop);
        try
        {
            await stream.WriteAsync(bytes, stop);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task PublishAsync(string topic, string payload, int quality = 1) =>
        SendAsync(MqttFrame.Message(Version, topic, Encoding.UTF8.GetBytes(payload), quality, ++_lastId));

    /// <summary>Answers as a correct broker and Jobs service.</summary>
    public async Task AnswerAsync(MqttFrame frame)
    {
        switch (frame.Type)
        {
            case MqttFrame.Connect:
                await SendAsync(Version == 5 ? MqttFrame.Of(0x20, 0, 0, 0) : MqttFrame.Of(0x20, 0, 0));
                break;
            case MqttFrame.Subscribe:
                byte[] noProperties = Version == 5 ? [0] : [];
                IEnumerable<byte> granted = Enumerable.Repeat((byte)1, CountFilters(frame.Body));
                await SendAsync(MqttFrame.Of(0x90, [.. frame.Body.AsSpan(0, 2), .. noProperties, .. granted]));
                break;
            case MqttFrame.Ping:
                await SendAsync(MqttFrame.Of(0xD0));
                break;
            case MqttFrame.Publish:
                await SendAsync(MqttFrame.Of(0x40, frame.Body.AsSpan(2 + frame.Topic.Length, 2)));
                await ReplyAsync(frame);
                break;
            default:
                break;
        }
    }

    /// <summary>The reply of the Jobs service to a request.</summary>
    public Task ReplyAsync(MqttFrame request)
    {
        JsonNode? token = JsonNode.Parse(request.PayloadOf(Version))!["clientToken"];
        JsonObject reply = new() { ["clientToken"] = token?.DeepClone(), ["timestamp"] = 1 };
        if (request.Topic.EndsWith("/start-next", StringComparison.Ordinal) && Document.Length > 0)
        {
            reply["execution"] = new JsonObject
            {
                ["jobId"] = "job-1",
                ["status"] = "IN_PROGRESS",
                ["versionNumber"] = 1,
                ["executionNumber"] = 1,
                ["jobDocument"] = JsonNode.Parse(Document),
            };
            Document = "";
        }

        return PublishAsync(request.Topic + "/accepted", reply.ToJsonString());
    }

    private int CountFilters(byte[] body)
    {
        int count = 0;
        for (int at = Version == 5 ? 3 : 2; at < body.Length; at += 3 + BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at)))
        {
            count++;
        }

        return count;
    }
}
