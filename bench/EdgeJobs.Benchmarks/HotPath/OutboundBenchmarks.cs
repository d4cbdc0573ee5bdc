using System.Text;
using BenchmarkDotNet.Attributes;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Client.Requests;
using EdgeJobs.Protocol;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>The outbound path: from the final report of a job to the bytes of its PUBLISH.</summary>
public class OutboundBenchmarks : IDisposable
{
    private static readonly byte[] Token = Encoding.ASCII.GetBytes(Payloads.Token);

    private readonly UpdateJobExecutionRequest _update = Payloads.Update();
    private readonly RequestEncoder _encoder = new();
    private readonly OutboundLimits _limits = new(new ManualTime());
    private readonly PublishOptions _options = new(QualityOfService.AtLeastOnce);
    private readonly byte[] _payload;
    private readonly MqttPublishPacket _publish;
    private readonly MqttPublishPacket _filled = new();
    private readonly MqttPacketFormatterAdapter _mqtt = Payloads.Codec();
    private readonly MemoryLink _link = new(static (_, _, _, _) => { }, new ManualTime());

    public OutboundBenchmarks()
    {
        _payload = _encoder.Encode(_update, Token).ToArray();
        _publish = Payloads.Publish(Payloads.UpdateTopic, _payload);
    }

    [GlobalSetup]
    public void Check()
    {
        bool isEncoded = Validate() && Encode() == _payload.Length && Limit() == TimeSpan.Zero;
        if (!isEncoded || EncodePacket() < _payload.Length || Send() < _payload.Length)
        {
            throw new InvalidOperationException("not every step did what it should");
        }
    }

    [Benchmark(Description = "update checked")]
    public bool Validate() => _update.TryValidate(out _);

    [Benchmark(Description = "update encoded")]
    public int Encode() => _encoder.Encode(_update, Token).Length;

    [Benchmark(Description = "outbound limits entered, turn taken, left")]
    public TimeSpan Limit()
    {
        TimeSpan wait = _limits.Acquire(Payloads.UpdateTopic, _payload.Length, _options) is null
            ? _limits.ReserveSendTime()
            : TimeSpan.MaxValue;
        _limits.Release();
        return wait;
    }

    [Benchmark(Description = "packet filled for MQTTnet")]
    public object Fill()
    {
        PublishPacket.Fill(_filled, Payloads.UpdateTopic, _payload, _options);
        return _filled;
    }

    [Benchmark(Description = "PUBLISH encoded by MQTTnet")]
    public int EncodePacket()
    {
        int length = _mqtt.Encode(_publish).Length;
        _mqtt.Cleanup();
        return length;
    }

    [Benchmark(Description = "together: PUBLISH encoded and written to the stream")]
    public long Send()
    {
        long before = _link.Sent;
        _link.Link.Channel.SendAsync(_publish).GetAwaiter().GetResult();
        return _link.Sent - before;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _encoder.Dispose();
        _link.Dispose();
        GC.SuppressFinalize(this);
    }
}
