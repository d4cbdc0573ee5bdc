using System.Globalization;
using System.Text;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Text;

/// <summary>
/// Makes text that the service takes as a value of statusDetails: 1 to 1,024 characters, none of the Unicode category C
/// (controls, formats, private use, not assigned), and that a person can read in one line.
/// </summary>
public static class StatusText
{
    /// <summary>The most characters (UTF-16 code units, to be on the safe side) that a value may have.</summary>
    public const int MaxLength = 1024;

    private const int MaxNameLength = 128;
    private const string LineBreak = " | ";
    private const int Replacement = 0xFFFD;
    private const int Escape = 0x1B;
    private const int Bell = 0x07;

    /// <summary>
    /// The end of a program's output. Line breaks become " | ", terminal colours and other escape sequences are dropped,
    /// what is no UTF-8 and other controls become U+FFFD, and the secrets that <see cref="Redaction"/> knows are taken out.
    /// </summary>
    /// <param name="utf8">Output, in UTF-8 or not.</param>
    /// <returns>At most <see cref="MaxLength"/> characters, cut between characters; empty when there is nothing to be seen.</returns>
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

        // Before the cut, which might leave the end of a secret without what gives it away.
        return Last(Redaction.Of(writer.ToString()));
    }

    /// <summary>A text in one line, without the secrets that <see cref="Redaction"/> knows.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most characters to keep of its beginning.</param>
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

    /// <summary>Joins the ends of two outputs and keeps the end of that.</summary>
    public static string Join(string earlier, string later) => (earlier.Length, later.Length) switch
    {
        (0, _) => later,
        (_, 0) => earlier,
        _ => Last(earlier + LineBreak + later),
    };

    /// <summary>Whether the service takes a text as a name in statusDetails: 1 to 128 characters of <c>[a-zA-Z0-9:_-]</c>.</summary>
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

    /// <summary>Takes one character after the other and leaves out what may not be.</summary>
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

        /// <summary>Goes on in an escape sequence; false when the character is not part of it.</summary>
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
                    // The terminal's title and the like: up to BEL, or to the backslash of ESC \, or to the end of the line.
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
