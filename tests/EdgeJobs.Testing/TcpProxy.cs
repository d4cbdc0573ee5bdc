using System.Net.Sockets;

namespace EdgeJobs.Testing;

/// <summary>A proxy to a local port that can be cut and restored.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly Lock _gate = new();
    private readonly List<Socket> _lines = [];
    private readonly TestListener _listener;
    private bool _isCut;

    private TcpProxy(int target)
    {
        _target = target;
        _listener = new TestListener(PassAsync);
    }

    public int Port => _listener.Port;

    /// <summary>Starts to forward connections to a port of 127.0.0.1.</summary>
    public static TcpProxy To(int target) => new(target);

    /// <summary>Closes all connections, and each new one, until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            foreach (Socket line in _lines)
            {
                line.Dispose();
            }

            _lines.Clear();
        }
    }

    /// <summary>Accepts new connections again.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            _isCut = false;
        }
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task PassAsync(NetworkStream near, CancellationToken stop)
    {
        if (!Keep(near.Socket))
        {
            return;
        }

        await using NetworkStream far = await TestListener.ConnectAsync(_target, stop);
        if (Keep(far.Socket))
        {
            await Task.WhenAny(near.CopyToAsync(far, stop), far.CopyToAsync(near, stop));
        }
    }

    private bool Keep(Socket line)
    {
        lock (_gate)
        {
            if (_isCut)
            {
                return false;
            }

            _lines.Add(line);
            return true;
        }
    }
}
