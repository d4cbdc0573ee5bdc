using System.Globalization;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Corrects inherited process state that the agent can't work with.</summary>
internal static unsafe class InheritedState
{
    private const int SetMask = 2;
    private const int StatusBytes = 4096;
    private const uint OwnerBits = 0x1C0;
    private const uint AllBits = 0x1FF;
    private const int StandardStreams = 3;
    private const string Descriptors = "/proc/self/fd";

    // When core_pattern names a pipe, the kernel ignores a limit of 0, but not a limit of 1.
    private const ulong NoCore = 1;
    private static readonly int[] Needed = [Libc.SigHup, Libc.SigTerm, Libc.SigChild];

    /// <summary>
    /// Opens closed standard streams on /dev/null: otherwise the next file or socket gets the number of stderr, and the log goes there.
    /// Sets close-on-exec on all other descriptors.
    /// </summary>
    public static void TakeDescriptors()
    {
        for (int stream = 0; stream < StandardStreams; stream++)
        {
            if (Libc.FileControl(stream, Libc.GetDescriptorFlags, 0) < 0)
            {
                // open(2) returns the lowest free number: this stream.
                _ = Libc.Open("/dev/null", Libc.OpenReadWrite, 0);
            }
        }

        foreach (string path in Directory.Exists(Descriptors) ? Directory.GetFileSystemEntries(Descriptors) : [])
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
                && descriptor >= StandardStreams)
            {
                _ = Libc.FileControl(descriptor, Libc.SetDescriptorFlags, Libc.DescriptorCloseOnExec);
            }
        }
    }

    /// <summary>
    /// Unblocks all signals, and resets the ignored ones that the agent needs: with SIGCHLD ignored, the kernel keeps no exit status of
    /// children. Call it before .NET sets up its signal handling, which leaves ignored signals ignored.
    /// </summary>
    public static void TakeSignals()
    {
        byte* none = stackalloc byte[Libc.OpaqueBytes];
        _ = Libc.SignalsEmpty(none);
        _ = Libc.SetSignalMask(SetMask, none, null);
        ulong ignored = Ignored(ProcFile.Read("/proc/self/status", stackalloc byte[StatusBytes]));
        foreach (int signal in Needed)
        {
            if ((ignored >> (signal - 1) & 1) != 0)
            {
                _ = Libc.SetSignal(signal, 0);
            }
        }
    }

    /// <summary>Clears the owner bits of the umask: with them, the agent could not read its own journal.</summary>
    public static void TakeFileMode()
    {
        uint mask = Libc.SetFileModeMask(AllBits & ~OwnerBits);
        _ = Libc.SetFileModeMask(mask & ~OwnerBits);
    }

    /// <summary>Disables core files: a core file of the agent contains the private key.</summary>
    /// <returns>The old soft limit, for the steps; null when nothing changed.</returns>
    public static ulong? ForbidCore()
    {
        Libc.ResourceLimit limit;
        if (Libc.GetLimit(Libc.LimitCore, &limit) != 0 || limit.Soft <= NoCore)
        {
            return null;
        }

        ulong before = limit.Soft;
        limit.Soft = NoCore;
        return Libc.SetLimit(Libc.LimitCore, &limit) == 0 ? before : null;
    }

    /// <summary>Sets the soft limit of core files.</summary>
    /// <returns>The old limit.</returns>
    public static ulong ExchangeCore(ulong soft)
    {
        Libc.ResourceLimit limit;
        _ = Libc.GetLimit(Libc.LimitCore, &limit);
        ulong before = limit.Soft;
        limit.Soft = soft;
        _ = Libc.SetLimit(Libc.LimitCore, &limit);
        return before;
    }

    /// <summary>The ignored signals of <c>/proc/PID/status</c>; bit 0 is signal 1.</summary>
    internal static ulong Ignored(ReadOnlySpan<byte> status)
    {
        ReadOnlySpan<byte> name = "\nSigIgn:\t"u8;
        int at = status.IndexOf(name);
        ReadOnlySpan<byte> digits = at < 0 ? [] : status[(at + name.Length)..];
        int end = digits.IndexOf((byte)'\n');
        string text = end > 0 ? Encoding.ASCII.GetString(digits[..end]) : string.Empty;
        return ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong signals) ? signals : 0;
    }
}
