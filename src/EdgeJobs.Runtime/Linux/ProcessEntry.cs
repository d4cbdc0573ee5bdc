using System.Buffers.Text;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Unicode;

namespace EdgeJobs.Runtime.Linux;

/// <summary>One process of this machine, as <c>/proc/PID/stat</c> shows it.</summary>
/// <param name="Id">The process id.</param>
/// <param name="IsGone">Whether it has ended and only waits for its parent to take the exit status.</param>
/// <param name="Parent">The process id of its parent.</param>
/// <param name="Group">Its process group.</param>
/// <param name="Session">Its session.</param>
/// <param name="StartTime">When it began, in ticks since the machine did: with the id, it names one process for good.</param>
internal readonly record struct ProcessEntry(int Id, bool IsGone, int Parent, int Group, int Session, long StartTime)
{
    private const int StatBytes = 1024;
    private const int PathBytes = 32;
    private const int StartTimeField = 22;
    private static readonly EnumerationOptions Plain = new();

    /// <summary>Every process that this one may see.</summary>
    /// <param name="all">Is emptied, and filled with them.</param>
    public static void All(List<ProcessEntry> all)
    {
        all.Clear();
        FileSystemEnumerable<int> ids = new("/proc", static (ref FileSystemEntry directory) => int.TryParse(directory.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0, Plain);
        foreach (int id in ids)
        {
            if (id > 0 && TryRead(id, out ProcessEntry entry))
            {
                all.Add(entry);
            }
        }
    }

    /// <summary>Looks at one process.</summary>
    /// <returns>False when there is none.</returns>
    public static bool TryRead(int id, out ProcessEntry entry)
    {
        entry = default;
        Span<byte> path = stackalloc byte[PathBytes];
        ReadOnlySpan<byte> stat = Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/{id}/stat\0", out _) ? ProcFile.Read(path, stackalloc byte[StatBytes]) : [];

        // The second field is the name in parentheses, which may hold anything, also spaces and parentheses.
        int name = stat.LastIndexOf((byte)')');
        if (name < 0 || name + 2 >= stat.Length)
        {
            return false;
        }

        stat = stat[(name + 2)..];
        Span<long> fields = stackalloc long[StartTimeField + 1];
        byte state = stat[0];
        int field = 3;
        foreach (Range range in stat.Split((byte)' '))
        {
            if (field > 3 && field < fields.Length)
            {
                _ = Utf8Parser.TryParse(stat[range], out fields[field], out _);
            }

            field++;
        }

        entry = new ProcessEntry(id, state is (byte)'Z' or (byte)'X', (int)fields[4], (int)fields[5], (int)fields[6], fields[StartTimeField]);
        return true;
    }
}
