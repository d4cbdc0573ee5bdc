using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Protocol;

/// <summary>Checks of the <c>format</c> of strings; generated code calls them.</summary>
public static class TextFormats
{
    private const int DateLength = 10;
    private const int MaxHostName = 253;
    private const int MaxLabel = 63;

    /// <summary>True for a mail address: a local part, an at sign and a domain, without white space.</summary>
    public static bool IsEmail(ReadOnlySpan<char> text)
    {
        int at = text.LastIndexOf('@');
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                return false;
            }
        }

        ReadOnlySpan<char> domain = text[(at + 1)..];
        foreach (Range label in domain.Split('.'))
        {
            if (domain[label].Length > MaxLabel)
            {
                return false;
            }
        }

        return at > 0 && at < text.Length - 1;
    }

    /// <summary>True for a host name of RFC 1123: labels of letters, digits and hyphens, separated by dots.</summary>
    public static bool IsHostName(ReadOnlySpan<char> text)
    {
        text = text.EndsWith('.') ? text[..^1] : text;
        if (text.Length is 0 or > MaxHostName)
        {
            return false;
        }

        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> label = text[range];
            if (label.Length is 0 or > MaxLabel || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>True for an IPv4 address: four numbers from 0 to 255 without leading zeros.</summary>
    public static bool IsIpv4(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || part.ContainsAnyExceptInRange('0', '9')
                || (part.Length == 3 && part.CompareTo("255", StringComparison.Ordinal) > 0))
            {
                return false;
            }

            count++;
        }

        return count == 4;
    }

    /// <summary>True for an IPv6 address of RFC 4291, without a zone.</summary>
    public static bool IsIpv6(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
            {
                return false;
            }
        }

        return IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    /// <summary>True for a URI of RFC 3986: a scheme, a colon, and characters that a URI may have.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isInternational">Whether characters beyond ASCII are allowed (RFC 3987).</param>
    public static bool IsUri(ReadOnlySpan<char> text, bool isInternational = false)
    {
        int colon = text.IndexOf(':');
        if (colon <= 0 || !char.IsAsciiLetter(text[0]))
        {
            return false;
        }

        foreach (char c in text[..colon])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return IsUriReference(text, isInternational);
    }

    /// <summary>True for a reference to a URI, absolute or relative: characters that a URI may have.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isInternational">Whether characters beyond ASCII are allowed (RFC 3987).</param>
    public static bool IsUriReference(ReadOnlySpan<char> text, bool isInternational = false)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isValid = c switch
            {
                '%' => i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]),
                <= ' ' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' or '\x7F' => false,
                > '\x7F' => isInternational && !char.IsControl(c) && !char.IsWhiteSpace(c),
                _ => true,
            };
            if (!isValid)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a time of day of RFC 3339, such as <c>08:30:06.5Z</c>. The offset may be missing.</summary>
    public static bool IsTime(ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[2] != ':' || text[5] != ':'
            || !IsBelow(text[..2], 24) || !IsBelow(text[3..5], 60) || !IsBelow(text[6..8], 61))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[8..];
        if (rest.StartsWith('.'))
        {
            int digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            digits = digits < 0 ? rest.Length - 1 : digits;
            if (digits == 0)
            {
                return false;
            }

            rest = rest[(digits + 1)..];
        }

        return rest.IsEmpty
            || rest is "Z" or "z"
            || (rest.Length == 6 && rest[0] is '+' or '-' && rest[3] == ':' && IsBelow(rest[1..3], 24) && IsBelow(rest[4..], 60));
    }

    /// <summary>True for a date of RFC 3339, such as <c>2026-11-30</c>.</summary>
    public static bool IsDate(ReadOnlySpan<char> text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>True for a date and time of RFC 3339, such as <c>2026-11-30T08:30:00Z</c>. The offset may be missing.</summary>
    public static bool IsDateTime(ReadOnlySpan<char> text) =>
        text.Length > DateLength && text[DateLength] is 'T' or 't' && IsDate(text[..DateLength]) && IsTime(text[(DateLength + 1)..]);

    /// <summary>True for a UUID of RFC 9562: 32 hexadecimal digits with hyphens.</summary>
    public static bool IsUuid(ReadOnlySpan<char> text) => Guid.TryParseExact(text, "D", out _);

    /// <summary>True for a duration of ISO 8601, such as <c>P1DT12H</c> or <c>PT0.5S</c>.</summary>
    public static bool IsDuration(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[0] != 'P')
        {
            return false;
        }

        text = text[1..];
        int time = text.IndexOf('T');
        ReadOnlySpan<char> date = time < 0 ? text : text[..time];
        if (time >= 0 && (time == text.Length - 1 || !IsSequence(text[(time + 1)..], "HMS")))
        {
            return false;
        }

        return date.IsEmpty ? time >= 0 : IsSequence(date, "YMD") || (time < 0 && IsSequence(date, "W"));
    }

    /// <summary>True for a JSON pointer of RFC 6901.</summary>
    public static bool IsJsonPointer(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '~' && (i + 1 == text.Length || text[i + 1] is not ('0' or '1')))
            {
                return false;
            }
        }

        return text.IsEmpty || text[0] == '/';
    }

    private static bool IsBelow(ReadOnlySpan<char> digits, int limit) =>
        char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[1]) && ((digits[0] - '0') * 10) + digits[1] - '0' < limit;

    /// <summary>The length of the digits and decimal separators at the start, or -1 if nothing follows them.</summary>
    private static int NumberLength(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]) && text[i] is not ('.' or ','))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>True for numbers with these units after them, each at most once and in this order. Seconds may have a fraction.</summary>
    private static bool IsSequence(ReadOnlySpan<char> text, ReadOnlySpan<char> units)
    {
        while (!text.IsEmpty)
        {
            int digits = NumberLength(text);
            if (digits <= 0 || !char.IsAsciiDigit(text[0]))
            {
                return false;
            }

            int unit = units.IndexOf(text[digits]);
            int point = text[..digits].IndexOfAny('.', ',');
            bool isFraction = text[digits] == 'S'
                && point < digits - 1
                && !text[(point + 1)..digits].ContainsAnyExceptInRange('0', '9');
            if (unit < 0 || (point >= 0 && !isFraction))
            {
                return false;
            }

            units = units[(unit + 1)..];
            text = text[(digits + 1)..];
        }

        return true;
    }
}
