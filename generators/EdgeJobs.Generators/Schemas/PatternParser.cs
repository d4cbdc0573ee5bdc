using System;
using System.Globalization;
using System.Text;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>
/// Reads the patterns that can be checked without a regular expression: one character class with a repetition count.
/// </summary>
internal static class PatternParser
{
    private const string NoControls = "^[^\\p{C}]";
    private const int Nested = -1;
    private const int Unsupported = -2;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">As written in the spec.</param>
    /// <param name="minLength">The minimum length, 0 for no limit.</param>
    /// <param name="maxLength">The maximum length, -1 for no limit.</param>
    /// <returns>Null for another pattern.</returns>
    public static CharacterSet? Parse(string pattern, out int minLength, out int maxLength)
    {
        minLength = 0;
        maxLength = -1;
        if (pattern.Length < 3 || pattern[0] != '^' || pattern[1] != '[' || pattern[pattern.Length - 1] != '$')
        {
            return null;
        }

        if (pattern.StartsWith(NoControls, StringComparison.Ordinal))
        {
            return TryReadCount(pattern, NoControls.Length, out minLength, out maxLength)
                ? new CharacterSet(pattern, "", ExcludesControls: true)
                : null;
        }

        if (pattern[2] == '^')
        {
            return null;
        }

        bool[] set = new bool[128];
        int position = 2;
        if (!TryReadClass(pattern, ref position, set)
            || !TryReadCount(pattern, position, out minLength, out maxLength))
        {
            return null;
        }

        StringBuilder ascii = new();
        for (int i = 0; i < set.Length; i++)
        {
            if (set[i])
            {
                ascii.Append((char)i);
            }
        }

        return ascii.Length == 0 ? null : new CharacterSet(pattern, ascii.ToString(), ExcludesControls: false);
    }

    /// <summary>Reads up to and with the closing bracket.</summary>
    private static bool TryReadClass(string pattern, ref int position, bool[] set)
    {
        while (position < pattern.Length && pattern[position] != ']')
        {
            int first = ReadCharacter(pattern, ref position, set);
            if (first == Unsupported)
            {
                return false;
            }

            if (first == Nested)
            {
                continue;
            }

            int last = first;
            if (position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']')
            {
                position++;
                last = ReadCharacter(pattern, ref position, set);
                if (last < first)
                {
                    return false;
                }
            }

            for (int i = first; i <= last; i++)
            {
                set[i] = true;
            }
        }

        position++;
        return position < pattern.Length;
    }

    /// <summary>The next character of the class, or a constant for a nested class such as \d, and for what is not supported.</summary>
    private static int ReadCharacter(string pattern, ref int position, bool[] set)
    {
        char c = pattern[position++];
        if (c != '\\')
        {
            return c is >= ' ' and <= '~' ? c : Unsupported;
        }

        char kind = position < pattern.Length ? pattern[position++] : '\0';
        switch (kind)
        {
            case 'd':
                Add(set, "0123456789");
                return Nested;
            case 'w':
                Add(set, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
                return Nested;
            case 't':
                return '\t';
            case 'x' or 'u':
                int length = kind == 'x' ? 2 : 4;
                if (position + length <= pattern.Length
                    && int.TryParse(
                        pattern.Substring(position, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
                    && code < 128)
                {
                    position += length;
                    return code;
                }

                break;
            case > ' ' and <= '~' when !char.IsLetterOrDigit(kind):
                return kind;
        }

        return Unsupported;
    }

    private static void Add(bool[] set, string characters)
    {
        foreach (char c in characters)
        {
            set[c] = true;
        }
    }

    private static bool TryReadCount(string pattern, int position, out int minLength, out int maxLength)
    {
        minLength = 0;
        maxLength = -1;
        string count = pattern.Substring(position, Math.Max(0, pattern.Length - 1 - position));
        switch (count)
        {
            case "+":
                minLength = 1;
                return true;
            case "*":
                return true;
            case "":
                minLength = maxLength = 1;
                return true;
        }

        if (count.Length > 2 && count[0] == '{' && count[count.Length - 1] == '}')
        {
            string[] limits = count.Substring(1, count.Length - 2).Split(',');
            if (limits.Length <= 2 && TryReadLimit(limits[0], out minLength))
            {
                maxLength = limits.Length == 1 ? minLength : -1;
                if (limits.Length == 1 || limits[1].Length == 0 || TryReadLimit(limits[1], out maxLength))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool TryReadLimit(string text, out int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit);
}
