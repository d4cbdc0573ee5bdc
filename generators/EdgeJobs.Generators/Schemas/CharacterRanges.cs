using System.Collections.Generic;
using System.Linq;

namespace EdgeJobs.Generators.Schemas;

/// <summary>A set of code points as ascending ranges.</summary>
internal sealed class CharacterRanges
{
    private const int Last = 0x10FFFF;

    private readonly List<(int First, int Last)> _ranges;

    private CharacterRanges(IEnumerable<(int First, int Last)> ranges)
    {
        _ranges = new List<(int, int)>();
        foreach ((int first, int last) in ranges.OrderBy(r => r.First))
        {
            int end = _ranges.Count - 1;
            if (end >= 0 && first <= _ranges[end].Last + 1)
            {
                _ranges[end] = (_ranges[end].First, System.Math.Max(last, _ranges[end].Last));
            }
            else
            {
                _ranges.Add((first, last));
            }
        }
    }

    public static CharacterRanges Any { get; } = Of((0, Last));

    public static CharacterRanges Digit { get; } = Of(('0', '9'));

    public static CharacterRanges Word { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    public static CharacterRanges Space { get; } = Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>What a dot matches: no character that ends a line.</summary>
    public static CharacterRanges Dot { get; } = Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)).Complement();

    public IReadOnlyList<(int First, int Last)> Items => _ranges;

    public static CharacterRanges Of(params (int First, int Last)[] ranges) => new(ranges);

    public static CharacterRanges Union(IEnumerable<CharacterRanges> sets) => new(sets.SelectMany(s => s._ranges));

    public CharacterRanges Complement()
    {
        List<(int, int)> others = new();
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (first > next)
            {
                others.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            others.Add((next, Last));
        }

        return new CharacterRanges(others);
    }

    public bool Contains(int code) => _ranges.Any(r => r.First <= code && code <= r.Last);
}
