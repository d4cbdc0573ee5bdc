namespace EdgeJobs.Footprint;

/// <summary>The name and unit of what is measured: the member names of the JSON file, and the rows of the table.</summary>
internal static class Figures
{
    public const string BinaryBytes = "binaryBytes";
    public const string StartMilliseconds = "startMilliseconds";
    public const string StartCpuMilliseconds = "startCpuMilliseconds";
    public const string RssIdle = "rssIdleBytes";
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
        (StartCpuMilliseconds, "processor time of that, ms (median)", value => $"{value:N1}"),
        (RssIdle, "RSS idle, MB", Megabytes),
        (PssIdle, "PSS idle, MB", Megabytes),
        (PrivateDirtyIdle, "private dirty idle, MB", Megabytes),
        (ThreadsIdle, "threads idle", value => $"{value:N0}"),
        (SwitchesPerMinute, "voluntary context switches per idle minute", value => $"{value:N1}"),
        (RssAfterJobs, "RSS after the jobs, MB", Megabytes),
        (RssGrowth, "RSS growth over the jobs, MB", Megabytes),
        (PrivateDirtyAfterJobs, "private dirty after the jobs, MB", Megabytes),
        (CpuPerJob, "processor time per job without children, ms", value => $"{value:N2}"),
        (AllocatedPerJob, "allocated per job, bytes", value => $"{value:N0}"),
        (AllocatedPerPing, "allocated per ping while idle, bytes", value => $"{value:N0}"),
        (RssGrowthIdle, "RSS growth over the idle hours, MB", Megabytes),
        (CollectionsPerJobs, "garbage collections per 1,000 jobs", value => $"{value:N1}"),
    ];

    private static string Megabytes(double bytes) => $"{bytes / 1e6:N2}";
}
