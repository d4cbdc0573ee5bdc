using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace EdgeJobs.Testing;

/// <summary>
/// A server for a test: accepts connections at any free port, serves each of them, and closes them all when it is disposed. A connection
/// that breaks, or that the end of the test breaks, is no error.
/// </summary>
public sealed class TestListener : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _serve;
    private readonly Task _accepting;

    /// <summary>Starts to accept connections.</summary>
    /// <param name="serve">
    /// Serves a connection until it returns; then the connection is closed. Its calls begin in the order of the connections. The token is
    /// canceled when the listener is disposed.
    /// </param>
    /// <param name="address">The address to listen at; 127.0.0.1 if null.</param>
    public TestListener(Func<NetworkStream, CancellationToken, Task> serve, IPAddress? address = null)
    {
        _serve = serve;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Connects to a port of 127.0.0.1, for a listener that forwards its connections.</summary>
    public static async Task<NetworkStream> ConnectAsync(int port, CancellationToken stop)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _stop.Dispose();
    }

    /// <summary>Whether an exception means that a connection has ended, and not that the test is wrong.</summary>
    private static bool IsEnd(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException;

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // Only now: a listener that is stopped while this loop takes its next turn throws InvalidOperationException.
            _listener.Stop();
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(Socket socket)
    {
        NetworkStream stream = new(socket, ownsSocket: true);
        await using (stream)
        await using (_stop.Token.UnsafeRegister(_ => socket.Dispose(), null))
        {
            try
            {
                await _serve(stream, _stop.Token);
            }
            catch (Exception e) when (IsEnd(e))
            {
                // One side has closed, does not trust the other, or the test has ended.
            }
        }
    }
}
