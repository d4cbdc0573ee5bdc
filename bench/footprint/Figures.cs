namespace EdgeJobs.Footprint;

/// <summary>The name and unit of what is measured: the member names of the JSON file, and the rows of the table.</summary>
internal static class Figures
{
    public const string BinaryBytes = "binaryBytes";
    public const string StartMilliseconds = "startMilliseconds";
    public const string StartCpuMilliseconds = "startCpuMilliseconds";
    public const string StartNoDelayMilliseconds = "startNoDelayMilliseconds";
    public const string RssIdle = "rssIdleBytes";
    public const string RssPeak = "rssPeakBytes";
    public const string PssIdle = "pssIdleBytes";
    public const string PrivateDirtyIdle = "privateDirtyIdleBytes";
    public const string ThreadsIdle = "threadsIdle";
    public const string SwitchesPerMinute = "voluntarySwitchesPerIdleMinute";
    public const string RssAfterJobs = "rssAfterJobsBytes";
    public const string RssGrowth = "rssGrowthBytes";
    public const string PrivateDirtyAfterJobs = "privateDirtyAfterJobsBytes";
    public const string CpuPerJob = "cpuMillisecondsPerJob";
    public const string AllocatedPerJob = "allocatedBytesPerJob";
    public const string AllocatedPerPing = "allocatedBytesPerPing";
    public const string RssGrowthIdle = "rssGrowthOverIdleHoursBytes";
    public const string CollectionsPerJobs = "collectionsPer1000Jobs";

    /// <summary>All figures in the order of the table, with their titles and formats.</summary>
    public static IReadOnlyList<(string Name, string Title, Func<double, string> Write)> All { get; } =
    [
        (BinaryBytes, "executable, bytes", value => $"{value:N0}"),
        (StartMilliseconds, "start to subscribed, ms (median)", value => $"{value:N1}"),
        (StartNoDelayMilliseconds, "the same with TCP_NODELAY preloaded, ms (median)", value => $"{value:N1}"),
        (StartCpuMilliseconds, "processor time of that, ms (median)", value => $"{value:N1}"),
        (PrivateDirtyIdle, "private dirty idle, kB", Kilobytes),
        (PssIdle, "PSS idle, kB", Kilobytes),
        (RssIdle, "RSS idle, kB", Kilobytes),
        (RssPeak, "RSS, peak until idle, kB", Kilobytes),
        (ThreadsIdle, "threads idle", value => $"{value:N0}"),
        (SwitchesPerMinute, "voluntary context switches per idle minute", value => $"{value:N1}"),
        (PrivateDirtyAfterJobs, "private dirty after the jobs, kB", Kilobytes),
        (RssAfterJobs, "RSS after the jobs, kB", Kilobytes),
        (RssGrowth, "RSS growth over the jobs, kB", Kilobytes),
        (CpuPerJob, "processor time per job without children, ms", value => $"{value:N2}"),
        (AllocatedPerJob, "allocated per job, bytes", value => $"{value:N0}"),
        (AllocatedPerPing, "allocated per ping while idle, bytes", value => $"{value:N0}"),
        (RssGrowthIdle, "RSS growth over the idle hours, kB", Kilobytes),
        (CollectionsPerJobs, "garbage collections per 1,000 jobs", value => $"{value:N1}"),
    ];

    /// <summary>What the figures of memory mean.</summary>
    public const string Meaning = """
        kB are 1,024 bytes, as in /proc. Private dirty: pages that only this process has and that it has written; each board
        needs them for as long as the program runs. PSS: also the pages of files that are mapped now, each divided by the
        number of processes that have it mapped; it depends on what else runs. RSS: all mapped pages, undivided; the kernel
        maps pages around those that are used, and takes the clean ones back when memory is short.
        """;

    // As /proc counts.
    private static string Kilobytes(double bytes) => $"{bytes / 1024:N0}";
}
