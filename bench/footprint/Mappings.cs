using System.Globalization;

namespace EdgeJobs.Footprint;

/// <summary>The memory of a process by file, from /proc/PID/smaps.</summary>
internal static class Mappings
{
    private const long Kilobyte = 1024;
    private const int Least = 32;

    /// <summary>One line for each file or kind of memory with at least 32 KB resident: the resident and the private dirty memory.</summary>
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
            .Select(sum => string.Create(
                CultureInfo.InvariantCulture,
                $"{Megabytes(sum.Value.Rss),6:N2} MB resident, {Megabytes(sum.Value.Dirty),6:N2} MB private and dirty: {sum.Key}"));
    }

    private static double Megabytes(long kilobytes) => kilobytes * Kilobyte / 1e6;

    private static long Amount(string line) => long.Parse(
        line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(),
        CultureInfo.InvariantCulture);
}
