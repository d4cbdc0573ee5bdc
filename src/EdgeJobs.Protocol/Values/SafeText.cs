using System.Buffers;
using System.Globalization;
using System.Text;

namespace EdgeJobs.Protocol;

/// <summary>
/// Makes a text of unknown origin safe to show on a terminal and in one line of a log. Characters that end a line, control the
/// terminal, reorder or hide other characters, or have no meaning are written as JSON writes them: <c>\n</c>, <c>\u001b</c>. All other
/// text does not change. A backslash is not doubled, so safe text does not change.
/// </summary>
public static class SafeText
{
    private const char Ellipsis = '…';
    private const int EscapeLength = 6;

    /// <summary>Makes a text safe. The result is one line.</summary>
    /// <param name="text">Any text; null counts as empty.</param>
    /// <param name="maxLength">
    /// The maximum length of the result in UTF-16 code units, at least 1. A longer text is cut between characters and ends with "…".
    /// </param>
    /// <returns>The same instance if it is safe and short enough.</returns>
    public static string Of(string? text, int maxLength = int.MaxValue)
    {
        text ??= string.Empty;
        return text.Length <= maxLength && FirstUnsafe(text) < 0 ? text : Escape(text, maxLength, keepLines: false);
    }

    /// <summary>Makes each line of a text safe and keeps its line feeds, for multi-line text of the program itself.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The same instance if nothing changes.</returns>
    public static string Lines(string text) => FirstUnsafe(text) < 0 ? text : Escape(text, int.MaxValue, keepLines: true);

    /// <summary>True for a character that a terminal and a log line can show as it is.</summary>
    /// <param name="rune">The character.</param>
    public static bool IsSafe(Rune rune)
    {
        if (rune.IsAscii)
        {
            return rune.Value is >= ' ' and <= '~';
        }

        // Invisible letters: the Hangul fillers, and two deprecated Khmer vowels.
        if (rune.Value is 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0)
        {
            return false;
        }

        // Control includes U+0080 to U+009F; Format includes bidirectional controls and most zero-width characters.
        return Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate);
    }

    private static int FirstUnsafe(ReadOnlySpan<char> text)
    {
        int at = text.IndexOfAnyExceptInRange(' ', '~');
        while (at >= 0 && at < text.Length)
        {
            if (Rune.DecodeFromUtf16(text[at..], out Rune rune, out int consumed) != OperationStatus.Done || !IsSafe(rune))
            {
                return at;
            }

            at += consumed;
        }

        return -1;
    }

    private static string Escape(ReadOnlySpan<char> text, int maxLength, bool keepLines)
    {
        StringBuilder safe = new(Math.Min(text.Length, maxLength) + EscapeLength);
        Span<char> escape = stackalloc char[2 * EscapeLength];
        int fits = 0;
        while (!text.IsEmpty)
        {
            bool isCharacter = Rune.DecodeFromUtf16(text, out Rune rune, out int consumed) == OperationStatus.Done;
            bool isSafe = isCharacter && (IsSafe(rune) || (keepLines && rune.Value == '\n'));
            safe.Append(isSafe ? text[..consumed] : Escaped(text[..consumed], escape));
            if (safe.Length > maxLength)
            {
                safe.Length = fits;
                return safe.Append(Ellipsis).ToString();
            }

            fits = safe.Length < maxLength ? safe.Length : fits;
            text = text[consumed..];
        }

        return safe.ToString();
    }

    private static ReadOnlySpan<char> Escaped(ReadOnlySpan<char> unsafeUnits, Span<char> escape)
    {
        switch (unsafeUnits[0])
        {
            case '\n':
                return "\\n";
            case '\r':
                return "\\r";
            case '\t':
                return "\\t";
        }

        int length = 0;
        foreach (char unit in unsafeUnits)
        {
            escape[length] = '\\';
            escape[length + 1] = 'u';
            ((int)unit).TryFormat(escape[(length + 2)..], out _, "x4", CultureInfo.InvariantCulture);
            length += EscapeLength;
        }

        return escape[..length];
    }
}
