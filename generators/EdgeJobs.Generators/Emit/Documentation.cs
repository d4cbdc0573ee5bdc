using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Emit;

/// <summary>XML documentation comments of generated code.</summary>
internal static class Documentation
{
    private static readonly Regex Address = new("&lt;(https?://[^\\s\"'`&]+(&amp;[^\\s\"'`&]+)*)&gt;", RegexOptions.CultureInvariant);

    /// <summary>
    /// Text for an XML documentation comment. Text between back quotes becomes code, and an address between angle brackets a link.
    /// </summary>
    public static string Xml(string text)
    {
        string escaped = Address.Replace(text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;"), "<see href=\"$1\"/>");
        bool hasPairs = escaped.Count(c => c == '`') % 2 == 0;
        StringBuilder result = new();
        bool isCode = false;
        for (int i = 0; i < escaped.Length; i++)
        {
            char c = escaped[i];
            if (c == '`' && hasPairs)
            {
                result.Append(isCode ? "</c>" : "<c>");
                isCode = !isCode;
            }
            else
            {
                // These end a line of a comment in C# too, and XML does not allow all others.
                bool isText = XmlConvert.IsXmlChar(c) || IsPair(escaped, i) || (i > 0 && IsPair(escaped, i - 1));
                result.Append(c is '\u2028' or '\u2029' || char.IsControl(c) || !isText ? ' ' : c);
            }
        }

        return result.ToString();
    }

    /// <summary>A summary, on one line if it has only one.</summary>
    public static Code Summary(params string[] sentences)
    {
        List<string> lines = sentences.SelectMany(s => s.Split('\n')).Select(l => l.Trim()).Where(l => l.Length > 0).Select(Xml).ToList();
        if (lines.Count == 1)
        {
            return $"/// <summary>{lines[0]}</summary>";
        }

        return $"""
            /// <summary>
            {lines.Select(line => "/// " + line)}
            /// </summary>
            """;
    }

    /// <summary>Values as JSON text, or nothing when there are none.</summary>
    public static Code? Examples(EquatableArray<string> examples)
    {
        if (examples.Count == 0)
        {
            return null;
        }

        return $"/// <example>{string.Join(", ", examples.Select(e => "<c>" + Xml(e.Replace("`", "\\u0060")) + "</c>"))}</example>";
    }

    private static bool IsPair(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
}
