using System.Globalization;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Corrects what a process has inherited from the one that started it, where an agent can't work with it.</summary>
internal static unsafe class InheritedState
{
    private const int SetMask = 2;
    private const int StatusBytes = 4096;
    private const uint OwnerBits = 0x1C0;
    private const uint AllBits = 0x1FF;
    private const int StandardStreams = 3;
    private const string Descriptors = "/proc/self/fd";

    // A limit of 1 also keeps a core file from a program that the kernel pipes it to; it ignores a limit of 0 then.
    private const ulong NoCore = 1;
    private static readonly int[] Needed = [Libc.SigHup, Libc.SigTerm, Libc.SigChild];

    /// <summary>
    /// Opens standard streams that are closed: the next file or connection would get the number of stderr, and the log with it. Marks
    /// every other descriptor to be closed in children.
    /// </summary>
    public static void TakeDescriptors()
    {
        for (int stream = 0; stream < StandardStreams; stream++)
        {
            if (Libc.FileControl(stream, Libc.GetDescriptorFlags, 0) < 0)
            {
                // Gets the lowest number that is free: this one.
                _ = Libc.Open("/dev/null", Libc.OpenReadWrite, 0);
            }
        }

        foreach (string path in Directory.Exists(Descriptors) ? Directory.GetFileSystemEntries(Descriptors) : [])
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) && descriptor >= StandardStreams)
            {
                _ = Libc.FileControl(descriptor, Libc.SetDescriptorFlags, Libc.DescriptorCloseOnExec);
            }
        }
    }

    /// <summary>
    /// Blocks no signal, and no longer ignores those that the agent needs: the kernel keeps no exit status of children where SIGCHLD is
    /// ignored. To be called before .NET handles signals, as it leaves ignored ones ignored.
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

    /// <summary>Lets the owner of a new file read and write it: the agent could not read its own journal otherwise.</summary>
    public static void TakeFileMode()
    {
        uint mask = Libc.SetFileModeMask(AllBits & ~OwnerBits);
        _ = Libc.SetFileModeMask(mask & ~OwnerBits);
    }

    /// <summary>Leaves no core file when the agent crashes: the private key would be in it.</summary>
    /// <returns>The limit before, for the steps; null when nothing has changed.</returns>
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
    /// <returns>The limit before.</returns>
    public static ulong ExchangeCore(ulong soft)
    {
        Libc.ResourceLimit limit;
        _ = Libc.GetLimit(Libc.LimitCore, &limit);
        ulong before = limit.Soft;
        limit.Soft = soft;
        _ = Libc.SetLimit(Libc.LimitCore, &limit);
        return before;
    }

    /// <summary>The ignored signals in <c>/proc/PID/status</c>, the first in the lowest bit.</summary>
    internal static ulong Ignored(ReadOnlySpan<byte> status)
    {
        ReadOnlySpan<byte> name = "\nSigIgn:\t"u8;
        int at = status.IndexOf(name);
        ReadOnlySpan<byte> digits = at < 0 ? [] : status[(at + name.Length)..];
        int end = digits.IndexOf((byte)'\n');
        return end > 0 && ulong.TryParse(Encoding.ASCII.GetString(digits[..end]), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong signals) ? signals : 0;
    }
}
