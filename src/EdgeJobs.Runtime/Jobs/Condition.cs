using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>Compares a fact about the board with values.</summary>
/// <param name="Key">The name of the fact: one of <see cref="BoardFacts.Keys"/>, or <c>osRelease.NAME</c>.</param>
/// <param name="Type">The comparison.</param>
/// <param name="Values">The values; at least one.</param>
internal sealed record Condition(string Key, ConditionType Type, IReadOnlyList<string> Values)
{
    /// <summary>Whether a fact meets the condition. A fact that the board does not have is an empty string.</summary>
    public bool IsMetBy(string fact) => Type switch
    {
        ConditionType.StringEqual => Values.Contains(fact),
        ConditionType.StringNotEqual => !Values.Contains(fact),
        ConditionType.StringLike => Values.Exists(v => Like(v, fact)),
        ConditionType.StringNotLike => !Values.Exists(v => Like(v, fact)),
        ConditionType.VersionAtLeast => Values.Exists(v => CompareVersions(fact, v) >= 0),
        _ => !Values.Exists(v => CompareVersions(fact, v) >= 0),
    };

    /// <summary>The condition in words: <c>architecture is one of 'arm64', 'arm'</c>.</summary>
    public override string ToString()
    {
        string values = Values.Join(v => $"'{StatusText.Head(v)}'");
        return Type switch
        {
            ConditionType.StringEqual => $"{Key} is {(Values.Count == 1 ? values : "one of " + values)}",
            ConditionType.StringNotEqual => $"{Key} is {(Values.Count == 1 ? "not " + values : "none of " + values)}",
            ConditionType.StringLike => $"{Key} is like {values}",
            ConditionType.StringNotLike => $"{Key} is not like {values}",
            ConditionType.VersionAtLeast => $"{Key} is at least {values}",
            _ => $"{Key} is below {values}",
        };
    }

    /// <summary><c>*</c> matches any characters, <c>?</c> matches one.</summary>
    private static bool Like(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    /// <summary>
    /// Compares versions number by number: <c>6.1.0-rpi7</c> is above <c>6.1</c> and below <c>6.10</c>. Other characters only separate
    /// numbers.
    /// </summary>
    private static int CompareVersions(string a, string b)
    {
        int i = 0;
        int j = 0;
        while (true)
        {
            bool first = NextNumber(a, ref i, out long left);
            bool second = NextNumber(b, ref j, out long right);
            if (!first || !second || left != right)
            {
                // A missing part is lower than any number: 6.1 is below 6.1.0.
                return first && second ? left.CompareTo(right) : first.CompareTo(second);
            }
        }
    }

    private static bool NextNumber(string text, ref int position, out long number)
    {
        number = 0;
        while (position < text.Length && !char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        bool any = position < text.Length;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            number = Math.Min((number * 10) + (text[position++] - '0'), int.MaxValue);
        }

        return any;
    }
}

/// <summary>How a condition compares the fact with its values. Strings are case-sensitive.</summary>
internal enum ConditionType
{
    /// <summary>The fact equals a value.</summary>
    StringEqual,

    /// <summary>The fact equals no value.</summary>
    StringNotEqual,

    /// <summary>The fact matches a value with the wildcards <c>*</c> (any characters) and <c>?</c> (one character).</summary>
    StringLike,

    /// <summary>The fact matches no value.</summary>
    StringNotLike,

    /// <summary>The fact, as a version, is at least one of the values.</summary>
    VersionAtLeast,

    /// <summary>The fact, as a version, is below all values.</summary>
    VersionBelow,
}
