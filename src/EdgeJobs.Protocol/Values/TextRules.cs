using System.Globalization;
using System.Text;

namespace EdgeJobs.Protocol;

/// <summary>Checks of strings that specs define; generated code calls them.</summary>
public static class TextRules
{
    /// <summary>The number of Unicode code points, which is what JSON Schema's lengths count. A lone surrogate counts as one.</summary>
    public static int Length(ReadOnlySpan<char> text)
    {
        int pairs = 0;
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i]))
            {
                pairs++;
            }
        }

        return text.Length - pairs;
    }

    /// <summary>True if every character is one of a set of ASCII characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="low">Bit n is set when U+0000 + n is in the set.</param>
    /// <param name="high">Bit n is set when U+0040 + n is in the set.</param>
    public static bool IsAllAscii(ReadOnlySpan<char> text, ulong low, ulong high)
    {
        foreach (char c in text)
        {
            if (c >= 128 || (((c < 64 ? low : high) >> (c & 63)) & 1) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True if no character is in the Unicode category C: control, format, surrogate, private use, unassigned.</summary>
    public static bool HasNoControls(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                if (rune.Value is < 0x20 or 0x7F)
                {
                    return false;
                }

                continue;
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
            {
                return false;
            }
        }

        // A lone surrogate is enumerated as U+FFFD, which is not in category C.
        return !HasLoneSurrogate(text);
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int consumed) != System.Buffers.OperationStatus.Done)
            {
                return true;
            }

            text = text[consumed..];
        }

        return false;
    }
}
