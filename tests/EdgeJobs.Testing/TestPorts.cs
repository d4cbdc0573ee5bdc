using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Testing;

public static class TestPorts
{
    private const int First = 10_000;
    private const int Count = 22_000;
    private static int _last = Random.Shared.Next(Count);

    /// <summary>
    /// A loopback port on which nothing listens, different at each call. It is below the range that the kernel gives to outgoing
    /// connections: a client that tries such a port while nothing listens there may be connected to itself, and then no server
    /// can listen on it.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            int port = First + (Interlocked.Increment(ref _last) % Count);
            try
            {
                // Binds and does not listen: a process that starts now has a copy of this socket until its exec, and nobody can
                // use a port as long as a copy of a listening socket is open.
                using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // In use: try the next one.
            }
        }
    }

    /// <summary>Waits until a loopback port accepts connections.</summary>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public static async Task WaitUntilOpenAsync(int port, TimeSpan deadline)
    {
        using CancellationTokenSource timeout = new(deadline);
        while (true)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
                return;
            }
            catch (SocketException) when (!timeout.IsCancellationRequested)
            {
                await Task.Yield();
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                throw new TimeoutException($"port {port} accepted no connection within {deadline}", e);
            }
        }
    }
}
