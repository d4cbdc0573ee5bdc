using BenchmarkDotNet.Attributes;
using EdgeJobs.Client.Mqtt;
using MQTTnet.Packets;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>The idle traffic: one ping in each keep-alive period.</summary>
public class SteadyStateBenchmarks : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly KeepAlive _keepAlive;
    private readonly MemoryLink _link = new(static (_, _, _, _) => { }, new ManualTime());
    private int _pings;

    public SteadyStateBenchmarks()
    {
        _keepAlive = new KeepAlive(TimeSpan.FromSeconds(60), _time, Ping, static reason => throw new InvalidOperationException(reason));
        _keepAlive.Start();
        _link.Serve(Payloads.Bytes(new MqttPingRespPacket()), []);
    }

    [GlobalSetup]
    public void Check()
    {
        if (Tick() != 1 || Exchange() != 2)
        {
            throw new InvalidOperationException("no ping, or no answer to it");
        }
    }

    [Benchmark(Description = "keep-alive: the period's tick, a ping that is answered")]
    public int Tick()
    {
        int before = _pings;
        _time.Elapse(0);
        return _pings - before;
    }

    [Benchmark(Description = "receipts: nothing to acknowledge at the ping")]
    public bool SendReceipts() => _link.Link.Inbound.SendAsync(overtake: true).IsCompletedSuccessfully;

    [Benchmark(Description = "PINGREQ written to the stream")]
    public bool Send() => _link.Link.Channel.SendAsync(MqttPingReqPacket.Instance).IsCompletedSuccessfully;

    [Benchmark(Description = "PINGREQ written, PINGRESP received")]
    public long Exchange()
    {
        long before = _link.Sent;
        Send();
        _link.Receive();
        return _link.Sent - before;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _keepAlive.Dispose();
        _link.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task Ping()
    {
        _pings++;
        _keepAlive.PongReceived();
        return Task.CompletedTask;
    }
}
