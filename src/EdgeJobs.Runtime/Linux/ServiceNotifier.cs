using System.Globalization;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Sends messages of sd_notify(3) to the service manager that started this process.</summary>
internal sealed unsafe class ServiceNotifier : IDisposable
{
    private const int UnixFamily = 1;
    private const int Datagram = 2;
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int FamilyBytes = 2;
    private const int MaxPathBytes = 107;

    private readonly byte[] _address;
    private readonly int _socket;

    private ServiceNotifier(byte[] address, int socket, TimeSpan? watchdog)
    {
        _address = address;
        _socket = socket;
        Watchdog = watchdog;
    }

    /// <summary>The longest time between two signs of life; null if the service manager does not wait for any.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>Opens the socket that <c>NOTIFY_SOCKET</c> names; null if there is none.</summary>
    public static ServiceNotifier? Open() => Open(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
        Environment.GetEnvironmentVariable("WATCHDOG_PID"));

    /// <param name="path">An absolute path, or an abstract name after <c>@</c>.</param>
    /// <param name="watchdog">In microseconds.</param>
    /// <param name="watched">The process that the watchdog is for; null for any.</param>
    internal static ServiceNotifier? Open(string? path, string? watchdog, string? watched)
    {
        byte[] name = Encoding.UTF8.GetBytes(path ?? string.Empty);
        if (name.Length is < 2 or > MaxPathBytes || name[0] is not ((byte)'/' or (byte)'@'))
        {
            return null;
        }

        int socket = Libc.OpenSocket(UnixFamily, Datagram | Libc.CloseOnExec, 0);
        if (socket < 0)
        {
            return null;
        }

        // The address of an abstract name has no final NUL; for a path it does not matter.
        byte[] address = [UnixFamily, 0, .. name];
        address[FamilyBytes] = name[0] == '@' ? (byte)0 : name[0];
        bool isForThis = watched is null || watched == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool isWatched = long.TryParse(watchdog, NumberStyles.None, CultureInfo.InvariantCulture, out long time) && time > 0 && isForThis;
        return new ServiceNotifier(address, socket, isWatched ? TimeSpan.FromMicroseconds(time) : null);
    }

    /// <summary>Sends a message. A failure is ignored: the service must not depend on who watches it.</summary>
    /// <param name="message">Lines of <c>NAME=value</c>.</param>
    /// <param name="mayWait">Whether to wait until the service manager has room for it, instead of dropping it.</param>
    public void Send(string message, bool mayWait = false)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        fixed (byte* address = _address, start = bytes)
        {
            _ = Libc.SendTo(_socket, start, bytes.Length, NoSignal | (mayWait ? 0 : DoNotWait), address, (uint)_address.Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_socket);
}
