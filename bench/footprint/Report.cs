using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.Footprint;

/// <summary>Prints the figures.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The machine, in one line.</summary>
    public static string Machine { get; } = DescribeMachine();

    /// <summary>A Markdown table: a row for each figure, a column for each program.</summary>
    public static string Table(IReadOnlyList<Result> results)
    {
        List<string[]> rows = [["", .. results.Select(result => result.Name)]];
        foreach ((string name, string title, Func<double, string> write) in Figures.All)
        {
            if (results.Any(result => result.Values.ContainsKey(name)))
            {
                rows.Add([title, .. results.Select(result => result.Values.TryGetValue(name, out double value) ? write(value) : "–")]);
            }
        }

        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        List<string> lines = [.. rows.Select(row => "| " + string.Join(" | ", row.Select(Pad)) + " |")];
        lines.Insert(1, "|" + string.Join('|', widths.Select(Rule)) + "|");
        return string.Join('\n', lines);

        string Pad(string cell, int column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]);

        static string Rule(int width, int column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":";
    }

    /// <summary>Writes the figures as JSON.</summary>
    public static void Write(string file, IReadOnlyList<Result> results, Options options)
    {
        JsonArray programs = [];
        foreach (Result result in results)
        {
            JsonObject figures = [];
            foreach ((string name, double value) in result.Values)
            {
                figures[name] = Math.Round(value, 3);
            }

            programs.Add(new JsonObject { ["name"] = result.Name, ["commandLine"] = result.CommandLine, ["figures"] = figures });
        }

        JsonObject all = new()
        {
            ["machine"] = Machine,
            ["jobs"] = options.Jobs,
            ["idleSeconds"] = options.Idle.TotalSeconds,
            ["starts"] = options.Starts,
            ["programs"] = programs,
        };
        File.WriteAllText(file, all.ToJsonString(Readable) + "\n");
    }

    private static string DescribeMachine()
    {
        string processor = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? "unknown processor";
        string system = File.ReadLines("/etc/os-release")
            .FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?[12..].Trim('"')
            ?? "Linux";
        string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{processor}, {Environment.ProcessorCount} processors, {system}, Linux {kernel}, {RuntimeInformation.FrameworkDescription}");
    }
}
