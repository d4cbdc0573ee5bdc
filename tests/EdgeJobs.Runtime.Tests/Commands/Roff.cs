using System.Text;

namespace EdgeJobs.Runtime.Tests.Commands;

/// <summary>Writes a manual page with the macros of man(7).</summary>
internal sealed class Roff
{
    private const int Columns = 78;
    private readonly StringBuilder _text = new(
        ".\\\" Generated from the tables of commands and settings: CONTRIBUTING.md, \"Files that tests compare\".\n");

    public Roff(string name, string section, string date, string source, string manual) =>
        Macro($"TH {name} {section} {date} \"{source}\" \"{manual}\"");

    public Roff Section(string title) => Macro($"SH {title}");

    public Roff Subsection(string title) => Macro($"SS {Escape(title)}");

    /// <summary>Paragraphs, which empty lines separate.</summary>
    public Roff Paragraphs(string text)
    {
        string[] paragraphs = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < paragraphs.Length; i++)
        {
            _ = i == 0 ? this : Macro("PP");
            Fill(paragraphs[i]);
        }

        return this;
    }

    /// <summary>A term in bold, with the rest of its line, and the text that explains it.</summary>
    public Roff Item(string term, string rest, string text)
    {
        Macro("TP");
        Macro(rest.Length == 0 ? $"B {Escape(term)}" : $"BR {Quote(term)} {Quote(" " + rest)}");
        return Fill(text);
    }

    /// <summary>Lines that are not filled.</summary>
    public Roff Example(string text)
    {
        Macro("RS 4").Macro("EX");
        return Lines(text).Macro("EE").Macro("RE");
    }

    /// <summary>References to other pages.</summary>
    public Roff Pages(params (string Name, int Section)[] pages)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            Macro($"BR {Escape(pages[i].Name)} ({pages[i].Section}){(i + 1 < pages.Length ? "," : "")}");
        }

        return this;
    }

    public override string ToString() => _text.ToString();

    public Roff Macro(string line)
    {
        _text.Append('.').Append(line).Append('\n');
        return this;
    }

    /// <summary>Text whose line breaks have no meaning.</summary>
    private Roff Fill(string text)
    {
        StringBuilder lines = new();
        int column = 0;
        foreach (string word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            bool fits = column + 1 + Escape(word).Length <= Columns;
            lines.Append(column == 0 ? "" : fits ? " " : "\n").Append(word);
            column = (fits ? column + 1 : 0) + Escape(word).Length;
        }

        return Lines(lines.ToString());
    }

    private Roff Lines(string text)
    {
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            string escaped = Escape(line);
            _text.Append(escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" : "").Append(escaped).Append('\n');
        }

        return this;
    }

    private static string Quote(string text) => $"\"{Escape(text).Replace("\"", "\\(dq", StringComparison.Ordinal)}\"";

    private static string Escape(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
}
