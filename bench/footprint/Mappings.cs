using System.Globalization;

namespace EdgeJobs.Footprint;

/// <summary>Where the memory of a process is: /proc/PID/smaps by file.</summary>
internal static class Mappings
{
    private const long Kilobyte = 1024;
    private const int Least = 32;

    /// <summary>A line for each file or kind of memory that has 32 KB resident at least: resident, private and written to, in kilobytes.</summary>
    public static IEnumerable<string> Describe(int processId)
    {
        Dictionary<string, (long Rss, long Dirty)> sums = [];
        string name = "";
        foreach (string line in File.ReadLines($"/proc/{processId}/smaps"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.IndexOf('-', StringComparison.Ordinal) is int dash && (dash < 0 || dash > colon))
            {
                (long rss, long dirty) = sums.GetValueOrDefault(name);
                switch (line[..colon])
                {
                    case "Rss":
                        sums[name] = (rss + Amount(line), dirty);
                        break;
                    case "Private_Dirty":
                        sums[name] = (rss, dirty + Amount(line));
                        break;
                    default:
                        break;
                }

                continue;
            }

            // 7f..-7f.. r-xp offset device inode   path
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            name = words.Length > 5 ? $"{Path.GetFileName(words[5])} {words[1]}" : $"anonymous {words[1]}";
        }

        return sums
            .Where(sum => sum.Value.Rss >= Least)
            .OrderByDescending(sum => sum.Value.Rss)
            .Select(sum => string.Create(CultureInfo.InvariantCulture, $"{sum.Value.Rss * Kilobyte / 1e6,6:N2} MB resident, {sum.Value.Dirty * Kilobyte / 1e6,6:N2} MB private and dirty: {sum.Key}"));
    }

    private static long Amount(string line) => long.Parse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
}
