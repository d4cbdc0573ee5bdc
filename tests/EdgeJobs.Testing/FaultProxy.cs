using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Testing;

/// <summary>A proxy to a local port with a schedule of faults, one for each connection.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly FaultSchedule _schedule;
    private readonly ConcurrentBag<FaultLine> _lines = [];
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Task _accepting;
    private FaultLine? _late;

    private FaultProxy(int target, FaultSchedule schedule)
    {
        _target = target;
        _schedule = schedule;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The number of connections.</summary>
    public int Count => _lines.Count;

    /// <summary>The number of faults that have happened.</summary>
    public int Happened => _lines.Count(line => line.HasHappened);

    /// <summary>Starts to forward connections to a port of 127.0.0.1.</summary>
    public static FaultProxy To(int target, FaultSchedule schedule) => new(target, schedule);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (FaultLine line in _lines)
        {
            line.Close();
        }

        await Task.WhenAll(_running);
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (int number = 0; ; number++)
            {
                Socket near = await _listener.AcceptSocketAsync();
                LineFault fault = number < _schedule.Faults.Count ? _schedule.Faults[number] : new LineFault(FaultKind.None);
                FaultLine line = new(near, fault, Interlocked.Exchange(ref _late, null));
                if (fault.Kind is FaultKind.LateClose or FaultKind.LateBytes)
                {
                    _late = line;
                }

                _lines.Add(line);
                _running.Add(Task.Run(() => line.RunAsync(_target)));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test has ended.
        }
    }
}
