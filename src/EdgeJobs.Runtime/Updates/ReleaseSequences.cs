using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>The highest release that was installed in each directory, in a file of the data directory.</summary>
internal static class ReleaseSequences
{
    public const string FileName = "sequences";

    private const string Format = "edgejobs sequences 1";
    private const int MaxBytes = 256 * 1024;

    /// <summary>The highest release of a directory; null if none with a number was installed.</summary>
    /// <exception cref="IOException">The file can't be read, or is damaged.</exception>
    public static long? HighestOf(string dataDirectory, string directory) =>
        Read(dataDirectory).TryGetValue(directory, out long highest) ? highest : null;

    /// <summary>Records the release of a directory if it is the highest, so that it survives a power cut.</summary>
    /// <exception cref="IOException">The file can't be read or written, or is damaged.</exception>
    public static void Raise(string dataDirectory, string directory, long sequence)
    {
        Dictionary<string, long> all = Read(dataDirectory);
        if (all.TryGetValue(directory, out long highest) && highest >= sequence)
        {
            return;
        }

        all[directory] = sequence;
        StringBuilder text = new(Format);
        foreach ((string name, long number) in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"\0{name}\0{number}");
        }

        DurableFile.Replace(PathIn(dataDirectory), Encoding.UTF8.GetBytes(text.ToString()), mustLast: true);
    }

    private static Dictionary<string, long> Read(string dataDirectory)
    {
        Dictionary<string, long> all = new(StringComparer.Ordinal);
        if (PrivateFile.Read(PathIn(dataDirectory), MaxBytes) is not { } bytes)
        {
            return all;
        }

        // A path has no NUL.
        string[] words = Encoding.UTF8.GetString(bytes).Split('\0');
        bool isWhole = words[0] == Format && words.Length % 2 == 1;
        for (int i = 1; isWhole && i < words.Length; i += 2)
        {
            isWhole = long.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long number);
            all[words[i]] = number;
        }

        return isWhole ? all : throw new IOException(
            $"{PathIn(dataDirectory)}: is damaged, so the agent does not know which releases were installed; move it away to accept any");
    }

    private static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);
}
