using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Xml;
using EdgeJobs.Generators.Parse.Names;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>How texts of the spec become C# text.</summary>
internal static class CSharp
{
    public const string GeneratedCode = "[GeneratedCode(\"EdgeJobs.Generators\", \"1.0.0.0\")]";

    /// <summary>A string literal with its quotes.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>An identifier in camel case, escaped when it is a keyword.</summary>
    public static string Camel(string name)
    {
        string camel = CodeName.Lower(name[0]) + name.Substring(1);
        return SyntaxFacts.GetKeywordKind(camel) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(camel) == SyntaxKind.None
            ? camel
            : "@" + camel;
    }

    /// <summary>The local variable that holds a member; never one of those that generated methods have anyway.</summary>
    public static string Local(string member)
    {
        string stem = member.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        bool taken = stem is "Writer" or "CorrelationToken" or "Violation" or "Item" or "Index" or "Entry";
        string camel = Camel(member);

        // Not every script has capitals, and a name may begin with _.
        return taken || camel == member ? camel + "Value" : camel;
    }

    /// <summary>An identifier in Pascal case, from one in camel case.</summary>
    public static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>Text for an XML documentation comment. Code between back quotes is marked up.</summary>
    public static string Xml(string text)
    {
        string escaped = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
        StringBuilder result = new();
        bool code = false;
        int open = escaped.Split('`').Length % 2 == 1 ? 0 : -1;
        for (int i = 0; i < escaped.Length; i++)
        {
            char c = escaped[i];
            if (c == '`' && open == 0)
            {
                result.Append(code ? "</c>" : "<c>");
                code = !code;
            }
            else
            {
                // A line of a comment ends at these in C# too, and others may not stand in XML.
                bool isText = XmlConvert.IsXmlChar(c) || IsPair(escaped, i) || (i > 0 && IsPair(escaped, i - 1));
                result.Append(c is '\u2028' or '\u2029' || char.IsControl(c) || !isText ? ' ' : c);
            }
        }

        return result.ToString();
    }

    private static bool IsPair(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);

    /// <summary>Writes a summary, on one line where it is one.</summary>
    public static void Summary(SourceWriter writer, params string[] sentences)
    {
        List<string> lines = new();
        foreach (string sentence in sentences)
        {
            foreach (string line in sentence.Split('\n'))
            {
                if (line.Trim().Length > 0)
                {
                    lines.Add(Xml(line.Trim()));
                }
            }
        }

        if (lines.Count == 1)
        {
            writer.Line("/// <summary>" + lines[0] + "</summary>");
            return;
        }

        writer.Line("/// <summary>");
        foreach (string line in lines)
        {
            writer.Line("/// " + line);
        }

        writer.Line("/// </summary>");
    }

    /// <summary>Joins the parts that are not empty.</summary>
    public static string Join(string separator, IEnumerable<string> parts)
    {
        List<string> present = new();
        foreach (string part in parts)
        {
            if (part.Length > 0)
            {
                present.Add(part);
            }
        }

        return string.Join(separator, present);
    }

    /// <summary>A name's part for a documentation line that must not be empty.</summary>
    public static string Or(string text, string fallback) => text.Length == 0 ? fallback : text;

    /// <summary>A number that formats alike in every culture.</summary>
    public static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A number that formats alike in every culture and comes back exactly.</summary>
    public static string Number(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The start of every generated file.</summary>
    public static SourceWriter File(Slices.SpecHead model, params string[] usings)
    {
        SortedSet<string> names = new(StringComparer.Ordinal) { "System.CodeDom.Compiler" };
        names.UnionWith(usings);
        if (model.Namespace != "EdgeJobs.Protocol")
        {
            names.Add("EdgeJobs.Protocol");
        }

        List<string> head = new()
        {
            "// <auto-generated/>",
            "// From the spec \"" + model.Title.Replace("\n", " ").Replace("\r", "") + "\" " + model.Version.Replace("\n", " ").Replace("\r", "")
                + " by EdgeJobs.Generators. Change the spec, not this file.",
            "#nullable enable",
        };
        if (model.HasDeprecated)
        {
            head.Add("#pragma warning disable CS0618 // What is deprecated is still read and written.");
        }

        return new SourceWriter(body => FileText(head, names.Where(n => Usings.IsNeeded(n, body)), model.Namespace, body));
    }

    private static string FileText(List<string> head, IEnumerable<string> usings, string targetNamespace, string body)
    {
        StringBuilder text = new();
        string space = "namespace " + targetNamespace + ";";

        // A part of the namespace hides a type of the same name, unless the using stands inside.
        bool isHiding = targetNamespace.Split('.').Any(ReservedNames.Types.Contains);
        IEnumerable<string> opening = isHiding
            ? new[] { "", space, "" }.Concat(usings.Select(u => "using global::" + u + ";")).Append("")
            : usings.Select(u => "using " + u + ";").Prepend("").Concat(new[] { "", space, "" });
        foreach (string line in head.Concat(opening))
        {
            text.Append(line).Append('\n');
        }

        return text.Append(body).ToString();
    }
}
