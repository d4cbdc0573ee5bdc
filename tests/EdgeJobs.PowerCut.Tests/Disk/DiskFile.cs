namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>A file: its flushed content, and its content after each change since then.</summary>
internal sealed class DiskFile(int id) : DiskNode(id)
{
    private readonly List<byte[]> _versions = [[]];
    private readonly List<(long From, long To)> _changes = [];
    private IReadOnlyList<byte[]>? _states;

    public byte[] Content => _versions[^1];

    public override bool IsPending => _changes.Count > 0;

    public override int StateCount => States.Count;

    public IReadOnlyList<byte[]> States => _states ??= FileStates.Of(_versions, _changes);

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        byte[] next = new byte[Math.Max(Content.Length, offset + bytes.Length)];
        Content.CopyTo(next, 0);
        bytes.CopyTo(next.AsSpan((int)offset));
        Add(next, offset, offset + bytes.Length);
    }

    public void Truncate(long length)
    {
        byte[] next = Content;
        Array.Resize(ref next, (int)length);
        Add(next, Math.Min(length, Content.Length), Math.Max(length, Content.Length));
    }

    public override void Flush()
    {
        if (IsPending)
        {
            _versions.RemoveRange(0, _versions.Count - 1);
            _changes.Clear();
            _states = null;
        }
    }

    private void Add(byte[] next, long from, long to)
    {
        _versions.Add(next);
        _changes.Add((from, to));
        _states = null;
        if (_changes.Count > MaxPending)
        {
            _versions.RemoveAt(0);
            _changes.RemoveAt(0);
        }
    }
}
