using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeJobs.Testing;

/// <summary>
/// An HTTP proxy that supports only CONNECT, to the servers of <see cref="Route"/>, with optional basic authentication.
/// </summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, int> _routes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public ConnectProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The required <c>USER:PASSWORD</c>; null for none.</summary>
    public string? Login { get; set; }

    /// <summary>All requests, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Maps a server name and port to a port of 127.0.0.1.</summary>
    public void Route(string authority, int port) => _routes[authority] = port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or OperationCanceledException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using (near)
        using (TcpClient far = new())
        {
            try
            {
                NetworkStream stream = near.GetStream();
                string request = await ReadRequestAsync(stream);
                Requests.Enqueue(request);
                string[] lines = request.Split("\r\n");
                string? expected = Login is null
                    ? null
                    : "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login));
                if (expected is not null && !lines.Contains(expected))
                {
                    await SayAsync(stream, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"");
                }
                else if (lines[0].Split(' ') is not ["CONNECT", string authority, "HTTP/1.1"] || !lines.Contains("Host: " + authority))
                {
                    await SayAsync(stream, "400 Bad Request");
                }
                else if (!_routes.TryGetValue(authority, out int port))
                {
                    await SayAsync(stream, "403 Forbidden");
                }
                else
                {
                    await far.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
                    await SayAsync(stream, "200 Connection established\r\nVia: 1.1 test");
                    await Task.WhenAny(stream.CopyToAsync(far.GetStream(), _stop.Token), far.GetStream().CopyToAsync(stream, _stop.Token));
                }
            }
            catch (SocketException) when (near.Connected)
            {
                await SayAsync(near.GetStream(), "503 Service Unavailable");
            }
            catch (Exception e) when (
                e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                // One side has closed: close the other.
            }
        }
    }

    /// <summary>Reads up to the empty line only: the bytes after it are for the server.</summary>
    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static async Task SayAsync(NetworkStream stream, string status) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n\r\n"));
}
