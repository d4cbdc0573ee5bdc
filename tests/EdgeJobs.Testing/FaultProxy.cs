using System.Collections.Concurrent;
using System.Net.Sockets;

namespace EdgeJobs.Testing;

/// <summary>A proxy to a local port with a schedule of faults, one for each connection.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly FaultSchedule _schedule;
    private readonly ConcurrentBag<FaultLine> _lines = [];
    private readonly TestListener _listener;
    private FaultLine? _late;

    private FaultProxy(int target, FaultSchedule schedule)
    {
        _target = target;
        _schedule = schedule;
        _listener = new TestListener(PassAsync);
    }

    public int Port => _listener.Port;

    /// <summary>The number of connections.</summary>
    public int Count => _lines.Count;

    /// <summary>The number of faults that have happened.</summary>
    public int Happened => _lines.Count(line => line.HasHappened);

    /// <summary>Starts to forward connections to a port of 127.0.0.1.</summary>
    public static FaultProxy To(int target, FaultSchedule schedule) => new(target, schedule);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task PassAsync(NetworkStream near, CancellationToken stop)
    {
        LineFault fault = Count < _schedule.Faults.Count ? _schedule.Faults[Count] : new LineFault(FaultKind.None);
        FaultLine line = new(near.Socket, fault, Interlocked.Exchange(ref _late, null));
        if (fault.Kind is FaultKind.LateClose or FaultKind.LateBytes)
        {
            _late = line;
        }

        _lines.Add(line);
        await using (stop.UnsafeRegister(_ => line.Close(), null))
        {
            await Task.Run(() => line.RunAsync(_target), CancellationToken.None);
        }
    }
}
