using System.Globalization;

namespace EdgeJobs.Footprint;

/// <summary>The command line.</summary>
internal sealed record Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        Measures the native agent, and other programs beside it, against the same broker and Jobs service.

          dotnet run -c Release --project bench/footprint -- [OPTIONS]

        --binary FILE             the native agent to measure; without it, it is published first (linux-x64)
        --jobs N                  how many jobs each program runs (1000; 0 for none)
        --idle SECONDS            how long each program is left alone (60)
        --starts N                how often each program is started (5)
        --agent NAME=FILE         another build of the agent; may be given several times
        --peer NAME=COMMAND       another program that runs jobs; may be given several times
        --listener NAME=COMMAND   another program that only connects and subscribes; may be given several times
                                  placeholders: {host} {port} {ca} {cert} {key} {thing} {data}
        --no-delay FILE           also time starts with this library preloaded, which sets TCP_NODELAY for programs that do not
                                  (bench/footprint/peers/build.sh builds artifacts/peers/no-delay.so)
        --hours N                 let the metered agent idle for N hours of a clock that runs 240 times as fast (0)
        --download MB             also download a file of MB megabytes, beside curl (0)
        --no-allocations          leave out the allocations of a job
        --metered FILE            the metered agent to count them with, such as one compiled ahead of time
        --types                   print where the allocations come from
        --json FILE               write the figures
        --compare FILE            compare the agent's figures with a stored baseline; exit code 1 beyond its tolerances
        --verbose                 print the switches of each thread, and where the memory is
        """;

    public string? Binary { get; private set; }

    public int Jobs { get; private set; } = 1000;

    public TimeSpan Idle { get; private set; } = TimeSpan.FromSeconds(60);

    public int Starts { get; private set; } = 5;

    public List<Subject> Others { get; } = [];

    public string? NoDelay { get; private set; }

    public int Hours { get; private set; }

    public int Download { get; private set; }

    public bool Allocations { get; private set; } = true;

    public string? Metered { get; private set; }

    public bool Types { get; private set; }

    public string? Json { get; private set; }

    public string? Compare { get; private set; }

    public bool Verbose { get; private set; }

    /// <summary>The deadline of the jobs after their creation.</summary>
    public TimeSpan JobPatience => TimeSpan.FromSeconds(60 + Jobs);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">The command line is invalid.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        Options options = new();
        for (int i = 0; i < args.Count; i++)
        {
            string flag = args[i];
            switch (flag)
            {
                case "--no-allocations":
                    options.Allocations = false;
                    continue;
                case "--types":
                    options.Types = true;
                    continue;
                case "--verbose":
                    options.Verbose = true;
                    continue;
                default:
                    break;
            }

            string value = ++i < args.Count
                ? args[i]
                : throw new ArgumentException($"{flag}: there is no such flag, or its value is missing");
            switch (flag)
            {
                case "--binary":
                    options.Binary = Existing(flag, value);
                    break;
                case "--jobs":
                    options.Jobs = Number(flag, value, 0);
                    break;
                case "--idle":
                    options.Idle = TimeSpan.FromSeconds(Number(flag, value, 1));
                    break;
                case "--hours":
                    options.Hours = Number(flag, value, 0);
                    break;
                case "--download":
                    options.Download = Number(flag, value, 0);
                    break;
                case "--starts":
                    options.Starts = Number(flag, value, 1);
                    break;
                case "--agent":
                    int equals = value.IndexOf('=', StringComparison.Ordinal);
                    options.Others.Add(Subject.Agent(value[..Math.Max(0, equals)], Existing(flag, value[(equals + 1)..])));
                    break;
                case "--peer":
                    options.Others.Add(Subject.Parse(value, runsJobs: true));
                    break;
                case "--listener":
                    options.Others.Add(Subject.Parse(value, runsJobs: false));
                    break;
                case "--no-delay":
                    options.NoDelay = Existing(flag, value);
                    break;
                case "--metered":
                    options.Metered = Existing(flag, value);
                    break;
                case "--json":
                    options.Json = value;
                    break;
                case "--compare":
                    options.Compare = Existing(flag, value);
                    break;
                default:
                    throw new ArgumentException($"{flag}: there is no such flag");
            }
        }

        return options;
    }

    private static int Number(string flag, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new ArgumentException($"{flag} {value}: is no number from {least}");

    private static string Existing(string flag, string file) =>
        File.Exists(file) ? Path.GetFullPath(file) : throw new ArgumentException($"{flag} {file}: there is no such file");
}
