using System.Buffers.Text;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Unicode;

namespace EdgeJobs.Runtime.Linux;

/// <summary>A process, read from <c>/proc/PID/stat</c>.</summary>
/// <param name="Id">The process id.</param>
/// <param name="IsGone">Whether it is a zombie.</param>
/// <param name="Parent">The process id of its parent.</param>
/// <param name="Group">Its process group.</param>
/// <param name="Session">Its session.</param>
/// <param name="StartTime">In clock ticks since boot. Id and start time together are unique.</param>
internal readonly record struct ProcessEntry(int Id, bool IsGone, int Parent, int Group, int Session, long StartTime)
{
    private const int StatBytes = 1024;
    private const int PathBytes = 48;
    private const int StartTimeField = 22;
    private static readonly EnumerationOptions Plain = new();

    /// <summary>Lists all visible processes.</summary>
    /// <param name="all">Receives them; its old content is removed.</param>
    public static void All(List<ProcessEntry> all)
    {
        all.Clear();
        FileSystemEnumerable<int> ids = new(
            "/proc",
            static (ref FileSystemEntry e) =>
                int.TryParse(e.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0,
            Plain);
        foreach (int id in ids)
        {
            if (id > 0 && TryRead(id, out ProcessEntry entry))
            {
                all.Add(entry);
            }
        }
    }

    /// <summary>This process. By its first thread, as QEMU's user mode emulation makes up the process's own stat file.</summary>
    public static ProcessEntry Self()
    {
        int id = Environment.ProcessId;
        Span<byte> path = stackalloc byte[PathBytes];
        _ = Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/{id}/task/{id}/stat\0", out _);
        TryRead(id, path, out ProcessEntry self);
        return self;
    }

    /// <returns>False when there is no such process.</returns>
    public static bool TryRead(int id, out ProcessEntry entry)
    {
        Span<byte> path = stackalloc byte[PathBytes];
        _ = Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/{id}/stat\0", out _);
        return TryRead(id, path, out entry);
    }

    private static bool TryRead(int id, ReadOnlySpan<byte> path, out ProcessEntry entry)
    {
        entry = default;
        ReadOnlySpan<byte> stat = ProcFile.Read(path, stackalloc byte[StatBytes]);

        // The second field is the name in parentheses, which can itself contain spaces and parentheses.
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

        bool isGone = state is (byte)'Z' or (byte)'X';
        entry = new ProcessEntry(id, isGone, (int)fields[4], (int)fields[5], (int)fields[6], fields[StartTimeField]);
        return true;
    }
}
