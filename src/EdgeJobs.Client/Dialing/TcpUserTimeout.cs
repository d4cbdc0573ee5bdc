using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EdgeJobs.Client.Dialing;

/// <summary>Lets the kernel notice that the other side is gone while something is sent to it.</summary>
internal static class TcpUserTimeout
{
    private const int Tcp = 6;
    private const int UserTimeout = 18;

    /// <summary>
    /// Sets TCP_USER_TIMEOUT to half a keep-alive period, as long as the answer to a ping is waited for. Without it Linux
    /// sends again what nobody acknowledges for a quarter of an hour, and a report waits as long before it is known to be lost.
    /// </summary>
    /// <param name="socket">The connection.</param>
    /// <param name="keepAlive">The period; zero leaves the kernel's time.</param>
    public static void Notice(Socket socket, TimeSpan keepAlive)
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
            // Closed meanwhile, or a kernel without it: the ping notices as well, if later.
        }
    }

    /// <summary>What is set, in milliseconds; 0 for the kernel's time.</summary>
    public static int Get(Socket socket)
    {
        int milliseconds = 0;
        socket.GetRawSocketOption(Tcp, UserTimeout, MemoryMarshal.AsBytes(new Span<int>(ref milliseconds)));
        return milliseconds;
    }
}
