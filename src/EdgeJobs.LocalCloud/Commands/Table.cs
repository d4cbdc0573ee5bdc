using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>Columns of plain text, each as wide as its widest cell.</summary>
internal sealed class Table(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    /// <summary>Adds a row with one cell per column. The cells may contain untrusted text.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(static cell => SafeText.Of(cell))]);

    public void WriteTo(TextWriter output, string indent = "")
    {
        int[] widths = new int[_rows[0].Length];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (string[] row in _rows)
        {
            output.Write(indent);
            for (int i = 0; i < row.Length; i++)
            {
                // The last column isn't padded: no trailing spaces.
                output.Write(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i] + 2));
            }

            output.Write('\n');
        }
    }
}
