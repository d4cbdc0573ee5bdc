using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>The poll entries of a step's thread: the pipes first, then the exit of the process and the wake-up.</summary>
internal static unsafe class StepPipes
{
    public const int ReadBytes = 32 * 1024;

    public const int OutEntry = 0;
    public const int ErrEntry = 1;
    public const int ProgressEntry = 2;
    public const int FaultEntry = 3;

    /// <summary>The number of pipes.</summary>
    public const int Pipes = 4;

    public const int ExitEntry = 4;
    public const int WakeEntry = 5;

    /// <summary>The number of entries.</summary>
    public const int Entries = 6;

    /// <summary>Whether more output can come. Ignores the progress pipe, which a daemon usually inherits without using it.</summary>
    public static bool IsAnyOpen(Libc.PollEntry* entries) =>
        entries[OutEntry].Descriptor >= 0 || entries[ErrEntry].Descriptor >= 0 || entries[FaultEntry].Descriptor >= 0;

    public static void Poll(Libc.PollEntry* entries, int timeout, int count = Entries)
    {
        if (Libc.Poll(entries, (nuint)count, timeout) < 0)
        {
            // Interrupted by a signal.
            for (int i = 0; i < count; i++)
            {
                entries[i].Returned = 0;
            }
        }
    }

    public static ReadOnlySpan<byte> Read(ref Libc.PollEntry entry, byte* buffer)
    {
        if (entry.Returned == 0 || entry.Descriptor < 0)
        {
            return [];
        }

        entry.Returned = 0;
        nint count = Libc.Read(entry.Descriptor, buffer, ReadBytes);
        if (count > 0)
        {
            return new ReadOnlySpan<byte>(buffer, (int)count);
        }

        if (count == 0 || Marshal.GetLastPInvokeError() != Libc.Interrupted)
        {
            CloseEntry(ref entry);
        }

        return [];
    }

    public static void CloseEntry(ref Libc.PollEntry entry)
    {
        if (entry.Descriptor >= 0)
        {
            _ = Libc.Close(entry.Descriptor);
            entry.Descriptor = -1;
        }
    }
}
