using BenchmarkDotNet.Attributes;
using EdgeJobs.Client;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>The inbound path: from the bytes of a job to the parsed execution and the PUBACK.</summary>
public class InboundBenchmarks : IDisposable
{
    private const int Messages = 16;

    private readonly byte[] _reply = Payloads.StartNextAccepted();
    private readonly MqttPacketFormatterAdapter _mqtt = Payloads.Codec();
    private readonly InboundReceipts _receipts = new(MqttConnection.ReceiveMaximum, static _ => Task.CompletedTask);
    private readonly MemoryLink _link;
    private readonly MemoryLink _cutting;
    private readonly PacketReader _reader;
    private readonly ReceivedMqttPacket _packet;
    private readonly Waiting _waiting = new();
    private int _handedOn;

    public InboundBenchmarks()
    {
        byte[] message = Payloads.Bytes(Payloads.Publish(Payloads.StartNextAcceptedTopic, _reply));
        _link = new MemoryLink(Take, new ManualTime());
        _link.Serve([.. Enumerable.Repeat(message, Messages), []]);
        _cutting = new MemoryLink(Take, new ManualTime());
        _cutting.Serve(message);
        _reader = new PacketReader(_cutting.Link.Channel, MqttConnection.MaxPacketBytes);

        // Belongs to a reader that has finished.
        _packet = _waiting.For(new PacketReader(_cutting.Link.Channel, MqttConnection.MaxPacketBytes).ReadAsync(CancellationToken.None));
    }

    [GlobalSetup]
    public void Check()
    {
        long before = _link.Sent;
        bool isWhole = Cut() == _packet.TotalLength && Decode() is MqttPublishPacket { PacketIdentifier: 7 } && Match() && Find() && View()
            && Model() && Acknowledge();
        if (!isWhole || Together() != Messages || _link.Sent - before != Messages * 4)
        {
            throw new InvalidOperationException("not every step did what it should");
        }
    }

    [Benchmark(Description = "packet cut from the stream")]
    public int Cut() => _waiting.For(_reader.ReadAsync(CancellationToken.None)).TotalLength;

    [Benchmark(Description = "PUBLISH decoded by MQTTnet")]
    public object Decode() => _mqtt.Decode(_packet);

    [Benchmark(Description = "topic matched")]
    public bool Match() => JobsTopics.TryMatch(Payloads.StartNextAcceptedTopic, out _);

    [Benchmark(Description = "token found and read")]
    public bool Find() =>
        CorrelationToken.TryRead(_reply, "clientToken"u8, out JsonText token) && token.Unescape(stackalloc byte[16]).Length == 16;

    [Benchmark(Description = "reply read in place, to a view")]
    public bool View() => StartNextPendingJobExecutionResponseView.TryRead(_reply, out _, out _);

    [Benchmark(Description = "reply decoded to a model")]
    public bool Model() => StartNextPendingJobExecutionResponse.TryRead(_reply, out _, out _);

    [Benchmark(Description = "receipt added and acknowledged")]
    public bool Acknowledge()
    {
        MessageReceipt? receipt = _waiting.For(_receipts.AddAsync(7));
        receipt?.Acknowledge();
        return receipt is not null;
    }

    /// <summary>One call receives many packets, so that the allocation of its final task is negligible.</summary>
    [Benchmark(Description = "together: packet in, message handed on, PUBACK out", OperationsPerInvoke = Messages)]
    public int Together()
    {
        int before = _handedOn;
        _link.Receive();
        return _handedOn - before;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _link.Dispose();
        _cutting.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Take(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        _handedOn++;
        receipt.Acknowledge();
    }
}
