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

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">As written in the spec.</param>
    /// <param name="minLength">The minimum length, 0 for no limit.</param>
    /// <param name="maxLength">The maximum length, -1 for no limit.</param>
    /// <param name="fault">What is not supported, with its verb, when the result is null.</param>
    public static CharacterSet? Parse(string pattern, out int minLength, out int maxLength, out string fault)
    {
        minLength = 0;
        maxLength = -1;
        if (pattern.Length == 0 || pattern[0] != '^' || pattern[pattern.Length - 1] != '$')
        {
            fault = "because it does not begin with ^ and end with $, so that other characters are not restricted";
            return null;
        }

        if (pattern.StartsWith(NoControls, StringComparison.Ordinal))
        {
            return TryReadCount(pattern, NoControls.Length, out minLength, out maxLength, out fault)
                ? new CharacterSet(pattern, "", ExcludesControls: true)
                : null;
        }

        if (pattern.Length < 3 || pattern[1] != '[')
        {
            fault = "because its ^ is not followed by a class in brackets";
            return null;
        }

        if (pattern[2] == '^')
        {
            fault = "because its class is negated";
            return null;
        }

        bool[] set = new bool[128];
        int position = 2;
        if (!TryReadClass(pattern, ref position, set, out fault)
            || !TryReadCount(pattern, position, out minLength, out maxLength, out fault))
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

        if (ascii.Length == 0)
        {
            fault = "because its class is empty";
            return null;
        }

        return new CharacterSet(pattern, ascii.ToString(), ExcludesControls: false);
    }

    /// <summary>Reads up to and with the closing bracket.</summary>
    private static bool TryReadClass(string pattern, ref int position, bool[] set, out string fault)
    {
        fault = "because its class is not closed";
        while (position < pattern.Length && pattern[position] != ']')
        {
            int first = ReadCharacter(pattern, ref position, set, out fault);
            if (first < 0)
            {
                if (fault.Length > 0)
                {
                    return false;
                }

                continue;
            }

            int last = first;
            if (position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']')
            {
                position++;
                last = ReadCharacter(pattern, ref position, set, out fault);
                if (last < first)
                {
                    fault = fault.Length > 0 ? fault : "because a range in its class is reversed";
                    return false;
                }
            }

            for (int i = first; i <= last; i++)
            {
                set[i] = true;
            }

            fault = "because its class is not closed";
        }

        if (position == pattern.Length)
        {
            fault = "because its class is not closed";
            return false;
        }

        position++;
        fault = "";
        return true;
    }

    /// <summary>The next character of the class; -1 if it is a nested class such as \d (no fault) or is not supported.</summary>
    private static int ReadCharacter(string pattern, ref int position, bool[] set, out string fault)
    {
        fault = "";
        char c = pattern[position++];
        if (c != '\\')
        {
            if (c is >= ' ' and <= '~')
            {
                return c;
            }

            fault = "because its class has a character outside printable ASCII";
            return -1;
        }

        char kind = position < pattern.Length ? pattern[position++] : '\0';
        switch (kind)
        {
            case 'd':
                Add(set, "0123456789");
                return -1;
            case 'w':
                Add(set, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
                return -1;
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

        fault = "because of \\" + kind + " in its class";
        return -1;
    }

    private static void Add(bool[] set, string characters)
    {
        foreach (char c in characters)
        {
            set[c] = true;
        }
    }

    private static bool TryReadCount(string pattern, int position, out int minLength, out int maxLength, out string fault)
    {
        minLength = 0;
        maxLength = -1;
        fault = "";
        string count = pattern.Substring(position, pattern.Length - 1 - position);
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

        fault = "because of '" + count + "' after its class";
        return false;
    }

    private static bool TryReadLimit(string text, out int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit);
}
