using System.Globalization;
using System.Linq;
using System.Text;

namespace EdgeJobs.Generators.Diagnostics;

/// <summary>Texts of a spec in diagnostics: on one line, visible, and of a readable length.</summary>
internal static class DiagnosticText
{
    /// <summary>A longer text loses its middle.</summary>
    private const int MaxLength = 400;

    private const int Start = 250;
    private const int End = 120;

    /// <summary>The text without what a line can't show.</summary>
    public static string Of(string text)
    {
        text = text.Length <= MaxLength ? text : text.Substring(0, Start) + " … " + text.Substring(text.Length - End);
        if (text.All(IsShown))
        {
            return text;
        }

        StringBuilder result = new();
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isPair = char.IsSurrogatePair(text, i) || (i > 0 && char.IsSurrogatePair(text, i - 1));
            _ = c switch
            {
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                _ when isPair || IsShown(c) => result.Append(c),
                _ => result.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)),
            };
        }

        return result.ToString();
    }

    /// <summary>False for what ends a line, changes the direction of text, or is no character.</summary>
    private static bool IsShown(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate);
}
