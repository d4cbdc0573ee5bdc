using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Testing;

/// <summary>A line to a port of this machine that can be cut and mended.</summary>
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

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Begins to pass on what comes.</summary>
    /// <param name="target">The port to pass it on to, on 127.0.0.1.</param>
    public static TcpProxy To(int target) => new(target);

    /// <summary>Breaks every line, and each new one at once.</summary>
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

    /// <summary>Lets new lines through again.</summary>
    public void Mend()
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
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
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
                // One side has gone: so does the other.
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
