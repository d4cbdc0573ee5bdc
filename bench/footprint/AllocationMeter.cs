using System.Globalization;
using System.Runtime.InteropServices;
using EdgeJobs.Testing;

namespace EdgeJobs.Footprint;

/// <summary>
/// Counts what a job allocates, in a program that is the agent and a meter: the release binary holds none. It runs on the
/// JIT with every method optimised at once, or is compiled ahead of time.
/// </summary>
/// <param name="scene">What it meets.</param>
/// <param name="options">How many jobs.</param>
internal sealed class AllocationMeter(Scene scene, Options options)
{
    private const int WarmUp = 20;
    private const int User1 = 10;

    /// <summary>The metered agent as it is built beside this program.</summary>
    public static string Program => Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "metered", "bin",
        Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!, "net10.0", "edgejobs-metered");

    /// <summary>Measures; adds to <paramref name="figures"/>.</summary>
    public async Task TakeAsync(Dictionary<string, double> figures)
    {
        ThingFiles thing = await scene.CreateThingAsync();
        using TestDirectory data = new();
        string file = data["meter"];
        await using ChildProcess process = await StartAsync(thing, data, speed: 1);
        Measurement measurement = new(scene, options);
        await measurement.RunJobsAsync(thing, "warm-up", WarmUp);

        // The allocations of the meter itself: the difference between two successive readings.
        Reading first = await ReadAsync(process, file);
        Reading second = await ReadAsync(process, file);
        using AllocationTypes? types = options.Types ? await AllocationTypes.StartAsync(process.Id) : null;
        Reading before = types is null ? second : await ReadAsync(process, file);
        await measurement.RunJobsAsync(thing, "job", options.Jobs);
        Reading after = await ReadAsync(process, file);
        long own = second.Bytes - first.Bytes;
        figures[Figures.AllocatedPerJob] = Math.Max(0, after.Bytes - before.Bytes - own) / (double)options.Jobs;
        figures[Figures.CollectionsPerJobs] = (after.Collections - before.Collections) * 1000.0 / options.Jobs;
        if (types is not null)
        {
            await types.StopAsync();
            types.Print(options.Jobs);
        }

        process.AskToEnd();
        await process.WaitForExitAsync();
    }

    /// <summary>Lets the agent idle for many hours of a fast clock; adds to <paramref name="figures"/>.</summary>
    public async Task IdleAsync(Dictionary<string, double> figures)
    {
        const int Speed = 240;
        TimeSpan hour = TimeSpan.FromHours(1) / Speed;
        ThingFiles thing = await scene.CreateThingAsync();
        using TestDirectory data = new();
        string file = data["meter"];
        await using ChildProcess process = await StartAsync(thing, data, Speed);
        await Task.Delay(hour);
        Reading first = await ReadAsync(process, file);
        Reading second = await ReadAsync(process, file);
        int pings = scene.CountPings();
        ProcSample before = ProcSample.Read(process.Id);
        await Task.Delay(hour * options.Hours);
        ProcSample after = ProcSample.Read(process.Id);
        pings = scene.CountPings() - pings;
        Reading last = await ReadAsync(process, file);
        if (pings < options.Hours * 50)
        {
            throw new InvalidOperationException(
                $"only {pings} pings in {options.Hours} hours: the connection did not last; {process.Errors}");
        }

        figures[Figures.RssGrowthIdle] = after.Rss - before.Rss;
        figures[Figures.AllocatedPerPing] = Math.Max(0, last.Bytes - second.Bytes - (second.Bytes - first.Bytes)) / (double)pings;
        process.AskToEnd();
        await process.WaitForExitAsync();
    }

    private async Task<ChildProcess> StartAsync(ThingFiles thing, TestDirectory data, int speed)
    {
        await File.WriteAllTextAsync(data["meter"], "");

        // The native agent sets this itself; a process with the JIT does not.
        Subject subject = Subject.Agent(
            "metered",
            "env",
            "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1",
            "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT=1",
            options.Metered ?? Program,
            data["meter"],
            speed.ToString(CultureInfo.InvariantCulture));
        int granted = scene.CountGranted();
        ChildProcess process = subject.Start(scene.Cloud.Mqtts, thing, data["agent"]);
        await process.WaitUntilAsync(() => Task.FromResult(scene.CountGranted() > granted), "the subscription");
        return process;
    }

    private static async Task<Reading> ReadAsync(ChildProcess process, string file)
    {
        int lines = (await File.ReadAllLinesAsync(file)).Length;
        _ = Kill(process.Id, User1);
        string text = "";
        await process.WaitUntilAsync(
            async () => (text = await File.ReadAllTextAsync(file)).EndsWith('\n') && text.Count(c => c == '\n') > lines,
            "the meter's answer");
        string[] words = text.TrimEnd('\n').Split('\n')[^1].Split(' ');
        return new Reading(long.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private sealed record Reading(long Bytes, long Collections);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
