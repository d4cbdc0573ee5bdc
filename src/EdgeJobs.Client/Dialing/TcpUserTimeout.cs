using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EdgeJobs.Client.Dialing;

/// <summary>
/// The socket option TCP_USER_TIMEOUT: how long sent data may stay unacknowledged before the kernel closes the connection.
/// </summary>
internal static class TcpUserTimeout
{
    private const int Tcp = 6;
    private const int UserTimeout = 18;

    /// <summary>
    /// Sets it to half a keep-alive period, the time-out of a ping. Without it Linux retransmits for about 15 minutes, and a status report
    /// waits as long before the loss is detected.
    /// </summary>
    /// <param name="socket">The connection.</param>
    /// <param name="keepAlive">The keep-alive period; zero for the kernel's default.</param>
    public static void Set(Socket socket, TimeSpan keepAlive)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int milliseconds = (int)Math.Clamp(keepAlive.TotalMilliseconds / 2, 0, int.MaxValue);
        try
        {
            socket.SetRawSocketOption(Tcp, UserTimeout, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in milliseconds)));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket is closed, or the kernel lacks the option: the ping detects the loss, only later.
        }
    }

    /// <summary>The value in milliseconds; 0 for the kernel's default.</summary>
    public static int Get(Socket socket)
    {
        int milliseconds = 0;
        socket.GetRawSocketOption(Tcp, UserTimeout, MemoryMarshal.AsBytes(new Span<int>(ref milliseconds)));
        return milliseconds;
    }
}
