using System;
using Microsoft.CodeAnalysis.Text;
using YamlDotNet.Core;

namespace EdgeJobs.Generators.Json;

/// <summary>Says what YamlDotNet found wrong, with the fix where it is a common fault.</summary>
internal static class YamlFault
{
    /// <summary>Parts of messages of the library, and what to say in their place.</summary>
    private static readonly (string Message, string What)[] Common =
    {
        ("found invalid mapping", "a ':' is not allowed here; quote the text, or indent the line as the lines before it"),
        ("mapping values are not allowed", "a ':' is not allowed here; quote the text, or indent the line as the lines before it"),
        ("cannot start any token", "{0} starts no value; quote it if it is a text"),
        ("quoted scalar, found unexpected end of stream", "the quoted text is not closed"),
        ("did not find expected ',' or ']'", "',' or ']' is missing"),
        ("did not find expected ',' or '}'", "',' or '}' is missing"),
        ("did not find expected '-' indicator", "an item of the list, which begins with '-', is expected here; check the indentation"),
        ("did not find expected key", "a name is expected here; check the indentation"),
        ("could not find expected ':'", "':' is missing after the name"),
        ("escape", "there is no such escape; write \\\\ for a backslash, or use single quotes"),
    };

    /// <summary>The fault of an exception.</summary>
    /// <param name="e">What the library says.</param>
    /// <param name="text">The document.</param>
    /// <param name="end">The end of the last value, which comes before the fault.</param>
    public static DocumentFault Of(YamlException e, string text, int end)
    {
        string message = e.Message;
        int tab = IndentingTab(text, end);
        if (tab >= 0 && (message.IndexOf("tab", StringComparison.OrdinalIgnoreCase) >= 0 || e.Start.Index >= tab))
        {
            return new DocumentFault("a tab indents this line; use spaces", new TextSpan(tab, 1));
        }

        int start = e.Start.Index == 0 ? end : (int)Math.Min(e.Start.Index, text.Length);
        TextSpan place = new(start, start < text.Length ? 1 : 0);
        foreach ((string part, string what) in Common)
        {
            if (message.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0)
            {
                return new DocumentFault(what.Replace("{0}", start < text.Length ? "'" + text[start] + "'" : "this"), place);
            }
        }

        return new DocumentFault(char.ToLowerInvariant(message[0]) + message.Substring(1).TrimEnd('.'), place);
    }

    /// <summary>The fault of a text that the library can't read at all.</summary>
    /// <param name="text">The document.</param>
    /// <param name="end">The end of the last value.</param>
    public static DocumentFault Unknown(string text, int end) =>
        new("what follows this is no YAML; check brackets, quotes and indentation", new TextSpan(end, end < text.Length ? 1 : 0));

    /// <summary>The first tab in the indentation of the lines after a place, up to the first line with text; -1 if there is none.</summary>
    private static int IndentingTab(string text, int at)
    {
        while (at < text.Length && text[at] is not ('\r' or '\n'))
        {
            at++;
        }

        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            if (text[at] == '\t')
            {
                return at;
            }

            at++;
        }

        return -1;
    }
}
