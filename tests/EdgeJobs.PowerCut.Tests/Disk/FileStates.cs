namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>
/// The contents that a disk may hold of a file after a power cut: each sector as it was after any of the changes since the last flush, and
/// the size of any of them, whatever the sectors are. All of them if there are few; otherwise all that a single torn, dropped or delayed
/// change can lead to, and random ones.
/// </summary>
internal static class FileStates
{
    public const int Sector = 512;

    // At most 2^4 subsets of the changes, and this many places in a change where it can be torn.
    private const int MaxSubsets = 4;
    private const int MaxTears = 6;
    private const int Samples = 8;

    /// <param name="versions">The flushed content, then the content after each change.</param>
    /// <param name="changes">Where each change begins and ends.</param>
    /// <returns>Distinct contents: first the flushed one, then the newest one.</returns>
    public static IReadOnlyList<byte[]> Of(IReadOnlyList<byte[]> versions, IReadOnlyList<(long From, long To)> changes)
    {
        Builder builder = new(versions);
        builder.Add(0, 0, _ => 0);
        int last = changes.Count;
        if (last == 0)
        {
            return builder.States;
        }

        builder.Add(last, 0, _ => last);
        foreach (int phase in Phases(versions, changes))
        {
            AddTorn(builder, changes, phase);
            AddSubsets(builder, changes, phase);
            AddRandom(builder, changes, phase);
        }

        return builder.States;
    }

    /// <summary>
    /// Where the sectors begin. Of a file that grows, also so that a boundary is between two changes: a longer or shorter content before
    /// them, such as another job's, would put it there.
    /// </summary>
    private static HashSet<int> Phases(IReadOnlyList<byte[]> versions, IReadOnlyList<(long From, long To)> changes)
    {
        HashSet<int> phases = [0];
        for (int i = 1; i < changes.Count && i < MaxSubsets; i++)
        {
            if (versions[0].Length > 0 && changes[i].From == changes[i - 1].To)
            {
                phases.Add((int)(changes[i].From % Sector));
            }
        }

        return phases;
    }

    /// <summary>A part of one change reaches the disk, its beginning or its end, with or without the size that it leads to.</summary>
    private static void AddTorn(Builder builder, IReadOnlyList<(long From, long To)> changes, int phase)
    {
        for (int i = 1; i <= changes.Count; i++)
        {
            int change = i;
            foreach (long cut in Tears(changes[i - 1], phase))
            {
                for (int size = i - 1; size <= i; size++)
                {
                    builder.Add(size, phase, sector => sector < cut ? change : change - 1);
                    builder.Add(size, phase, sector => sector < cut ? change - 1 : change);
                }
            }
        }
    }

    /// <summary>The sectors of a change, and the one after it; some of them if there are many.</summary>
    private static IEnumerable<long> Tears((long From, long To) change, int phase)
    {
        long first = SectorOf(change.From, phase);
        long count = SectorOf(Math.Max(change.From, change.To - 1), phase) + 1 - first;
        for (long i = 0; i <= Math.Min(count, MaxTears); i++)
        {
            yield return first + (count <= MaxTears ? i : count * i / MaxTears);
        }
    }

    /// <summary>Any of the changes reach the disk, the others do not, with each size.</summary>
    private static void AddSubsets(Builder builder, IReadOnlyList<(long From, long To)> changes, int phase)
    {
        int count = Math.Min(changes.Count, MaxSubsets);
        int skipped = changes.Count - count;
        for (int set = 0; set < 1 << count; set++)
        {
            int chosen = set;
            for (int size = skipped; size <= changes.Count; size++)
            {
                builder.Add(size, phase, sector => NewestOf(sector, chosen));
            }
        }

        int NewestOf(long sector, int set)
        {
            for (int i = count - 1; i >= 0; i--)
            {
                (long from, long to) = changes[skipped + i];
                if ((set & (1 << i)) != 0 && sector >= SectorOf(from, phase) && sector <= SectorOf(Math.Max(from, to - 1), phase))
                {
                    return skipped + i + 1;
                }
            }

            return skipped;
        }
    }

    private static void AddRandom(Builder builder, IReadOnlyList<(long From, long To)> changes, int phase)
    {
        Random random = new(changes.Count);
        for (int i = 0; i < Samples; i++)
        {
            int seed = random.Next();
            builder.Add(random.Next(changes.Count + 1), phase, sector => new Random(seed ^ (int)sector).Next(changes.Count + 1));
        }
    }

    private static long SectorOf(long offset, int phase) => (offset - phase + Sector) / Sector;

    private sealed class Builder(IReadOnlyList<byte[]> versions)
    {
        private readonly HashSet<ulong> _seen = [];
        private readonly List<byte[]> _states = [];

        public IReadOnlyList<byte[]> States => _states;

        /// <summary>Adds a content with the size after a change, and each sector as it was after the change that is given.</summary>
        public void Add(int size, int phase, Func<long, int> version)
        {
            byte[] content = new byte[versions[size].Length];
            long start = 0;
            for (long sector = SectorOf(0, phase); start < content.Length; sector++)
            {
                long end = Math.Min(((sector + 1) * Sector) - Sector + phase, content.Length);
                byte[] source = versions[version(sector)];
                int count = (int)(Math.Min(end, source.Length) - start);
                if (count > 0)
                {
                    source.AsSpan((int)start, count).CopyTo(content.AsSpan((int)start));
                }

                start = end;
            }

            if (_seen.Add(ContentHash.Of(content)))
            {
                _states.Add(content);
            }
        }
    }
}
