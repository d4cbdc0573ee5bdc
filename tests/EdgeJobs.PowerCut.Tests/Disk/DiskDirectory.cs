namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>
/// A directory: its flushed names, and the changes since then. Each change is atomic, a rename too. The disk may hold any of them without
/// the others: all subsets if there are few, otherwise the first ones, all but one, one alone, and random ones.
/// </summary>
internal sealed class DiskDirectory(int id) : DiskNode(id)
{
    private const int MaxSubsets = 6;
    private const int Samples = 16;
    private readonly List<Change> _changes = [];
    private Dictionary<string, DiskNode> _flushed = [];
    private IReadOnlyList<IReadOnlyDictionary<string, DiskNode>>? _states;

    /// <summary>What the running system sees.</summary>
    public Dictionary<string, DiskNode> Entries { get; } = [];

    public override bool IsPending => _changes.Count > 0;

    public override int StateCount => States.Count;

    public IReadOnlyList<IReadOnlyDictionary<string, DiskNode>> States => _states ??= FindStates();

    /// <summary>All nodes that have, had or get a name in it.</summary>
    public IEnumerable<DiskNode> Nodes => Entries.Values.Concat(_flushed.Values).Concat(_changes.Select(c => c.Node)).Distinct();

    public void Set(string name, DiskNode node) => Add(new Change(null, name, node));

    public void Remove(string name) => Add(new Change(name, null, Entries[name]));

    public void Rename(string name, string to) => Add(new Change(name, to, Entries[name]));

    public override void Flush()
    {
        _flushed = new(Entries);
        _changes.Clear();
        _states = null;
    }

    private void Add(Change change)
    {
        change.ApplyTo(Entries);
        _changes.Add(change);
        _states = null;
        if (_changes.Count > MaxPending)
        {
            _changes[0].ApplyTo(_flushed);
            _changes.RemoveAt(0);
        }
    }

    private List<IReadOnlyDictionary<string, DiskNode>> FindStates()
    {
        int count = _changes.Count;
        List<IReadOnlyDictionary<string, DiskNode>> states = [With(_ => false)];
        if (count == 0)
        {
            return states;
        }

        states.Add(With(_ => true));
        if (count <= MaxSubsets)
        {
            for (int set = 1; set < (1 << count) - 1; set++)
            {
                int chosen = set;
                states.Add(With(i => (chosen & (1 << i)) != 0));
            }

            return states;
        }

        Random random = new(count);
        for (int n = 0; n < count; n++)
        {
            int one = n;
            states.Add(With(i => i <= one));
            states.Add(With(i => i >= one));
            states.Add(With(i => i != one));
            states.Add(With(i => i == one));
        }

        for (int i = 0; i < Samples; i++)
        {
            states.Add(With(_ => random.Next(2) == 0));
        }

        return states;
    }

    private Dictionary<string, DiskNode> With(Func<int, bool> isOnDisk)
    {
        Dictionary<string, DiskNode> entries = new(_flushed);
        for (int i = 0; i < _changes.Count; i++)
        {
            if (isOnDisk(i))
            {
                _changes[i].ApplyTo(entries);
            }
        }

        return entries;
    }

    /// <summary>A node loses a name, gets one, or both.</summary>
    private sealed record Change(string? From, string? To, DiskNode Node)
    {
        public void ApplyTo(Dictionary<string, DiskNode> entries)
        {
            if (From is not null && entries.TryGetValue(From, out DiskNode? node) && node == Node)
            {
                entries.Remove(From);
            }

            if (To is not null)
            {
                entries[To] = Node;
            }
        }
    }
}
