using System.Runtime.InteropServices;
using EdgeJobs.Testing;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Footprint;

/// <summary>A program to be measured.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="CommandLine">Its words, with placeholders such as {host}.</param>
/// <param name="RunsJobs">Whether it runs jobs; otherwise it only connects and subscribes.</param>
internal sealed record Subject(string Name, IReadOnlyList<string> CommandLine, bool RunsJobs)
{
    /// <summary>The values of the placeholders in a command line.</summary>
    public const string Placeholders = "{host} {port} {ca} {cert} {key} {thing} {data}";

    private const int NotNeeded = 4;

    /// <summary>The agent.</summary>
    /// <param name="name">Its name in the table.</param>
    /// <param name="program">The words that start it.</param>
    public static Subject Agent(string name, params IReadOnlyList<string> program) => new(
        name,
        [
            .. program, "run", "--endpoint", "{host}:{port}", "--thing_name", "{thing}", "--cert", "{cert}", "--key", "{key}",
            "--ca_file", "{ca}", "--data_dir", "{data}", "--log_level", "warning",
        ],
        RunsJobs: true);

    /// <summary>
    /// Has the executable written to the disk, and read from there at the next start, as after a boot. The pages of one that was just
    /// compiled or copied would count as memory that the program has written to, and lie in the page cache in larger pieces, which the
    /// kernel maps as a whole.
    /// </summary>
    public void Flush()
    {
        if (File.Exists(CommandLine[0]))
        {
            using SafeFileHandle file = File.OpenHandle(CommandLine[0]);
            RandomAccess.FlushToDisk(file);
            _ = Advise(file, 0, 0, NotNeeded);
        }
    }

    /// <summary>Another program: <c>NAME=COMMAND LINE</c>, in which quotes keep words together.</summary>
    /// <exception cref="ArgumentException">The text does not have that form.</exception>
    public static Subject Parse(string text, bool runsJobs)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        List<string> words = [];
        bool quoted = false;
        bool within = false;
        foreach (char c in text.AsSpan(equals + 1))
        {
            if (c is '\'')
            {
                quoted = !quoted;
            }
            else if (c == ' ' && !quoted)
            {
                within = false;
                continue;
            }

            if (!within)
            {
                words.Add("");
                within = true;
            }

            if (c is not '\'')
            {
                words[^1] += c;
            }
        }

        if (equals <= 0 || words.Count == 0)
        {
            throw new ArgumentException($"'{text}': a program is named as NAME=COMMAND LINE, with the placeholders {Placeholders}");
        }

        // Reported before anything is published or measured.
        return Exists(words[0])
            ? new Subject(text[..equals], words, runsJobs)
            : throw new ArgumentException(
                $"'{text}': there is no program {words[0]}; bench/footprint/peers/build.sh builds artifacts/peers/aws-crt");
    }

    private static bool Exists(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>Starts it for a thing, with these variables added to the environment.</summary>
    public ChildProcess Start(
        Uri broker,
        ThingFiles thing,
        string dataDirectory,
        params (string Name, string Value)[] environment)
    {
        string[] words =
        [
            .. CommandLine.Select(word => word
                .Replace("{host}", broker.Host, StringComparison.Ordinal)
                .Replace("{port}", broker.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{ca}", thing.CaFile, StringComparison.Ordinal)
                .Replace("{cert}", thing.Certificate, StringComparison.Ordinal)
                .Replace("{key}", thing.Key, StringComparison.Ordinal)
                .Replace("{thing}", thing.Name, StringComparison.Ordinal)
                .Replace("{data}", dataDirectory, StringComparison.Ordinal)),
        ];
        return ChildProcess.Start(words[0], words[1..], environment);
    }

    /// <summary>posix_fadvise(2).</summary>
    [DllImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(SafeFileHandle file, long offset, long length, int advice);
}
