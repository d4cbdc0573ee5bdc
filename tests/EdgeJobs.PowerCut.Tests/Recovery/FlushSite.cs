using EdgeJobs.PowerCut.Tests.Disk;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>A flush in a recording.</summary>
/// <param name="At">Its position.</param>
/// <param name="Node">What it flushes.</param>
/// <param name="What">What it makes durable: the same for all flushes of one place in the code.</param>
internal sealed record FlushSite(int At, int Node, string What)
{
    public static string Describe(string path, string change) => $"{change} in {(path.Length == 0 ? "the root" : Path.GetFileName(path))}";

    /// <summary>A change that a flush makes durable.</summary>
    public static string Describe(DiskCall change) => change switch
    {
        DiskCall.Write write when write.Path.EndsWith("/" + JournalFile.Name, StringComparison.Ordinal) => Describe(write.Bytes),
        DiskCall.Write => "the content",
        DiskCall.CreateDirectory create => $"the directory {Path.GetFileName(create.Path)}",
        DiskCall.CreateFile create => $"the file {Path.GetFileName(create.Path)}",
        DiskCall.Rename rename => $"the new {Path.GetFileName(rename.To)}",
        _ => change.GetType().Name,
    };

    private static string Describe(byte[] record)
    {
        JournalCodec.TryRead(record.AsSpan(JournalFormat.RecordHeader), out JournalEntry entry);
        return $"the record {Name(entry)}";
    }

    private static string Name(JournalEntry entry) =>
        entry is JournalEntry.Pair pair ? $"{Name(pair.First)} + {Name(pair.Second)}" : entry.GetType().Name;
}
