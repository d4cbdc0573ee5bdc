using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace EdgeJobs.Testing;

/// <summary>
/// An HTTP proxy that supports only CONNECT, to the servers of <see cref="Route"/>, with optional basic authentication.
/// </summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _routes = new();
    private readonly TestListener _listener;

    public ConnectProxy() => _listener = new TestListener(ServeAsync);

    public int Port => _listener.Port;

    /// <summary>The required <c>USER:PASSWORD</c>; null for none.</summary>
    public string? Login { get; set; }

    /// <summary>All requests, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Maps a server name and port to a port of 127.0.0.1.</summary>
    public void Route(string authority, int port) => _routes[authority] = port;

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(NetworkStream near, CancellationToken stop)
    {
        string request = await ReadRequestAsync(near, stop);
        Requests.Enqueue(request);
        string[] lines = request.Split("\r\n");
        string? expected = Login is null
            ? null
            : "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login));
        if (expected is not null && !lines.Contains(expected))
        {
            await SayAsync(near, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"");
        }
        else if (lines[0].Split(' ') is not ["CONNECT", string authority, "HTTP/1.1"] || !lines.Contains("Host: " + authority))
        {
            await SayAsync(near, "400 Bad Request");
        }
        else if (!_routes.TryGetValue(authority, out int port))
        {
            await SayAsync(near, "403 Forbidden");
        }
        else
        {
            await PassAsync(near, port, stop);
        }
    }

    private static async Task PassAsync(NetworkStream near, int port, CancellationToken stop)
    {
        NetworkStream far;
        try
        {
            far = await TestListener.ConnectAsync(port, stop);
        }
        catch (SocketException)
        {
            await SayAsync(near, "503 Service Unavailable");
            return;
        }

        await using (far)
        {
            await SayAsync(near, "200 Connection established\r\nVia: 1.1 test");
            await Task.WhenAny(near.CopyToAsync(far, stop), far.CopyToAsync(near, stop));
        }
    }

    /// <summary>Reads up to the empty line only: the bytes after it are for the server.</summary>
    private static async Task<string> ReadRequestAsync(NetworkStream stream, CancellationToken stop)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, stop) == 1)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static async Task SayAsync(NetworkStream stream, string status) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n\r\n"));
}
