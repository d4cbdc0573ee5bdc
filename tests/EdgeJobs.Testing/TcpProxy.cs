using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Testing;

/// <summary>A proxy to a local port that can be cut and restored.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _lines = [];
    private readonly Task _accepting;
    private bool _isCut;

    private TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Starts to forward connections to a port of 127.0.0.1.</summary>
    public static TcpProxy To(int target) => new(target);

    /// <summary>Closes all connections, and each new one, until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            foreach (TcpClient line in _lines)
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

    public async ValueTask DisposeAsync()
    {
        Cut();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync();
                _ = PassAsync(near);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test has ended.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using (near)
        using (TcpClient far = new())
        {
            try
            {
                if (!Keep(near))
                {
                    return;
                }

                await far.ConnectAsync(IPAddress.Loopback, _target);
                if (!Keep(far))
                {
                    return;
                }

                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One side has closed: close the other.
            }
        }
    }

    private bool Keep(TcpClient line)
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
