using System.Globalization;
using System.Text;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Text;

/// <summary>
/// Makes text valid as a value of statusDetails: 1 to 1,024 characters, none of the Unicode category C (control, format, private use,
/// unassigned), and readable in one line.
/// </summary>
internal static class StatusText
{
    /// <summary>The maximum length of a value, in UTF-16 code units to be safe.</summary>
    public const int MaxLength = 1024;

    private const int MaxNameLength = 128;
    private const string LineBreak = " | ";
    private const int Replacement = 0xFFFD;
    private const int Escape = 0x1B;
    private const int Bell = 0x07;

    /// <summary>
    /// The end of a program's output. Line breaks become " | "; escape sequences, such as terminal colors, are removed; invalid UTF-8 and
    /// other control characters become U+FFFD; the secrets that <see cref="Redaction"/> knows are removed.
    /// </summary>
    /// <param name="utf8">Output, possibly invalid UTF-8.</param>
    /// <returns>At most <see cref="MaxLength"/> characters; empty if nothing is visible.</returns>
    public static string Tail(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return string.Empty;
        }

        Writer writer = new(new StringBuilder(Math.Min(utf8.Length, MaxLength) + 16));
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out Rune rune, out int consumed);
            writer.Add(rune.Value);
            utf8 = utf8[consumed..];
        }

        // Before the cut, which could remove the mark of a secret and leave its end.
        return Last(Redaction.Of(writer.ToString()));
    }

    /// <summary>The beginning of a text in one line, without the secrets that <see cref="Redaction"/> knows.</summary>
    public static string Head(string text, int maxLength = MaxLength)
    {
        string clean = Redaction.Of(Clean(text));
        if (clean.Length <= maxLength)
        {
            return clean;
        }

        int end = maxLength - 1;
        if (char.IsHighSurrogate(clean[end - 1]))
        {
            end--;
        }

        return string.Concat(clean.AsSpan(0, end), "…");
    }

    /// <summary>The end of two outputs.</summary>
    public static string Join(string earlier, string later) => (earlier.Length, later.Length) switch
    {
        (0, _) => later,
        (_, 0) => earlier,
        _ => Last(earlier + LineBreak + later),
    };

    /// <summary>Whether a text is valid as a name in statusDetails: 1 to 128 characters of <c>[a-zA-Z0-9:_-]</c>.</summary>
    internal static bool IsName(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not (':' or '_' or '-'))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= MaxNameLength;
    }

    /// <summary>A time span in seconds, for the log.</summary>
    internal static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A text in one line, of any length.</summary>
    internal static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && (text.Length == 0 || (text[0] != ' ' && text[^1] != ' ')))
        {
            return text;
        }

        Writer writer = new(new StringBuilder(text.Length));
        foreach (Rune rune in text.EnumerateRunes())
        {
            writer.Add(rune.Value);
        }

        return writer.ToString();
    }

    private static string Last(string text)
    {
        if (text.Length <= MaxLength)
        {
            return text;
        }

        int start = text.Length - MaxLength;
        if (char.IsLowSurrogate(text[start]))
        {
            start++;
        }

        return text[start..].TrimStart();
    }

    /// <summary>Appends characters without the invalid ones.</summary>
    private struct Writer(StringBuilder text)
    {
        private Sequence _sequence;
        private bool _break;

        public void Add(int value)
        {
            if (_sequence != Sequence.None && Swallow(value))
            {
                return;
            }

            switch (value)
            {
                case '\n' or '\r' or 0x85 or 0x2028 or 0x2029:
                    _break = true;
                    return;
                case '\t':
                    Put(' ');
                    return;
                case Escape:
                    _sequence = Sequence.Escape;
                    return;
            }

            Rune rune = new(value);
            if (SafeText.IsSafe(rune))
            {
                Put(value);
            }
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            {
                Put(Replacement);
            }
        }

        public override readonly string ToString() => text.ToString().Trim();

        private void Put(int value)
        {
            if (_break && text.Length > 0)
            {
                text.Append(LineBreak);
            }

            _break = false;
            Span<char> chars = stackalloc char[2];
            text.Append(chars[..new Rune(value).EncodeToUtf16(chars)]);
        }

        /// <summary>Continues an escape sequence; false if the character is not part of it.</summary>
        private bool Swallow(int value)
        {
            switch (_sequence)
            {
                case Sequence.Escape:
                    _sequence = value switch { '[' => Sequence.Control, ']' => Sequence.Command, _ => Sequence.None };
                    return value is >= 0x20 and < 0x7F;
                case Sequence.Control when value is >= 0x20 and < 0x40:
                    return true;
                case Sequence.Control:
                    _sequence = Sequence.None;
                    return value is >= 0x40 and < 0x7F;
                default:
                    // An OSC sequence, such as the terminal's title: up to BEL, to the backslash of ESC \, or to the end of the line.
                    bool ends = value is Bell or Escape or '\n';
                    _sequence = value == Escape ? Sequence.Escape : ends ? Sequence.None : Sequence.Command;
                    return value != '\n';
            }
        }
    }

    private enum Sequence
    {
        None,
        Escape,
        Control,
        Command,
    }
}
