using System.Text;

namespace EdgeJobs.Reference;

/// <summary>Writes Markdown: paragraphs, headings and tables. Lines end with a line feed on every machine.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();

    public void Heading(int level, string text) => Block(new string('#', level) + " " + text);

    /// <summary>A paragraph; none for an empty text.</summary>
    public void Paragraph(string text)
    {
        if (text.Length > 0)
        {
            Block(text);
        }
    }

    /// <summary>A table; none without rows.</summary>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> all = [.. rows];
        if (all.Count == 0)
        {
            return;
        }

        // An empty column is left out.
        int[] columns = [.. Enumerable.Range(0, header.Count).Where(c => all.Any(r => r[c].Length > 0))];
        StringBuilder table = new();
        Row(table, columns, header);
        table.Append('|').Insert(table.Length, "---|", columns.Length).Append('\n');
        foreach (IReadOnlyList<string> row in all)
        {
            Row(table, columns, row);
        }

        Block(table.ToString().TrimEnd('\n'));
    }

    /// <summary>Code; none for an empty text.</summary>
    public static string Code(string text) => text.Length == 0 ? "" : "`" + text + "`";

    public override string ToString() => _text.ToString();

    private static void Row(StringBuilder table, int[] columns, IReadOnlyList<string> cells)
    {
        table.Append('|');
        foreach (int column in columns)
        {
            string cell = cells[column].Replace("\n", " ", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
            table.Append(' ').Append(cell).Append(" |");
        }

        table.Append('\n');
    }

    private void Block(string text)
    {
        if (_text.Length > 0)
        {
            _text.Append('\n');
        }

        _text.Append(text).Append('\n');
    }
}
