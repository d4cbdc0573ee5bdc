using System.Diagnostics;
using EdgeJobs.Testing;

namespace EdgeJobs.Footprint;

/// <summary>Measures one program: start, idle time and jobs.</summary>
/// <param name="scene">What it meets.</param>
/// <param name="options">How long and how often.</param>
internal sealed class Measurement(Scene scene, Options options)
{
    /// <summary>After this time without a new subscription, a program has made all of its subscriptions.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(0.5);
    private const string Document =
        """{"version":"1.0","steps":[{"action":{"name":"Do nothing","type":"runCommand","input":{"command":"/bin/true"}}}]}""";

    /// <summary>Measures a program.</summary>
    public async Task<Result> TakeAsync(Subject subject)
    {
        ThingFiles thing = await scene.CreateThingAsync();
        using TestDirectory data = new();
        Dictionary<string, double> figures = [];
        if (subject.RunsJobs && File.Exists(subject.CommandLine[0]))
        {
            figures[Figures.BinaryBytes] = new FileInfo(subject.CommandLine[0]).Length;
        }

        if (options.NoDelay is { } preload)
        {
            figures[Figures.StartNoDelayMilliseconds] = await StartOnlyAsync(subject, thing, data.Path, ("LD_PRELOAD", preload));
        }

        List<double> starts = [];
        List<double> cpu = [];
        for (int i = 1; ; i++)
        {
            (ChildProcess process, double milliseconds, double cpuMilliseconds) = await StartAsync(subject, thing, data.Path);
            await using (process)
            {
                starts.Add(milliseconds);
                cpu.Add(cpuMilliseconds);
                if (i < options.Starts)
                {
                    process.AskToEnd();
                    await process.WaitForExitAsync();
                    continue;
                }

                figures[Figures.StartMilliseconds] = Median(starts);
                figures[Figures.StartCpuMilliseconds] = Median(cpu);
                ProcSample idle = await IdleAsync(process, figures);
                if (subject.RunsJobs && options.Jobs > 0)
                {
                    await RunJobsAsync(process, thing, idle, figures);
                }

                process.AskToEnd();
                await process.WaitForExitAsync();
                return new Result(subject.Name, string.Join(' ', subject.CommandLine), figures);
            }
        }
    }

    /// <summary>Starts and ends a program, and returns the median of the times until it has subscribed.</summary>
    private async Task<double> StartOnlyAsync(
        Subject subject,
        ThingFiles thing,
        string data,
        params (string Name, string Value)[] environment)
    {
        List<double> starts = [];
        for (int i = 0; i < options.Starts; i++)
        {
            (ChildProcess process, double milliseconds, _) = await StartAsync(subject, thing, data, environment);
            await using (process)
            {
                starts.Add(milliseconds);
                process.AskToEnd();
                await process.WaitForExitAsync();
            }
        }

        return Median(starts);
    }

    private async Task<(ChildProcess Process, double Milliseconds, double CpuMilliseconds)> StartAsync(
        Subject subject,
        ThingFiles thing,
        string data,
        params (string Name, string Value)[] environment)
    {
        int granted = scene.CountGranted();
        long began = Stopwatch.GetTimestamp();
        ChildProcess process = subject.Start(scene.Cloud.Mqtts, thing, data, environment);
        try
        {
            TimeSpan subscribed = TimeSpan.Zero;
            double cpu = 0;
            int seen = granted;
            while (true)
            {
                TimeSpan now = Stopwatch.GetElapsedTime(began);
                int count = scene.CountGranted();
                if (count > seen)
                {
                    (seen, subscribed) = (count, now);
                    cpu = ProcSample.ExactCpu(process.Id).TotalMilliseconds;
                }
                else if (seen > granted && now - subscribed > Quiet)
                {
                    return (process, subscribed.TotalMilliseconds, cpu);
                }

                if (!process.IsRunning || now > Wait.Deadline)
                {
                    throw new InvalidOperationException($"{subject.Name} did not subscribe: {process.Output}{process.Errors}");
                }

                Thread.Sleep(LookInterval);
            }
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private async Task<ProcSample> IdleAsync(ChildProcess process, Dictionary<string, double> figures)
    {
        await Task.Delay(Settle);
        IReadOnlyDictionary<string, long> sleepers = ProcSample.Sleepers(process.Id);
        Stopwatch watch = Stopwatch.StartNew();
        await Task.Delay(options.Idle);
        ProcSample after = ProcSample.Read(process.Id);
        figures[Figures.RssIdle] = after.Rss;
        figures[Figures.RssPeak] = after.PeakRss;
        figures[Figures.PssIdle] = after.Pss;
        figures[Figures.PrivateDirtyIdle] = after.PrivateDirty;
        figures[Figures.ThreadsIdle] = after.Threads;
        figures[Figures.SwitchesPerMinute] = Switches(sleepers, ProcSample.Sleepers(process.Id)) / watch.Elapsed.TotalMinutes;
        if (options.Verbose)
        {
            foreach ((string thread, long switches) in ProcSample.Sleepers(process.Id))
            {
                long idle = switches - sleepers.GetValueOrDefault(thread);
                Console.Error.WriteLine($"  thread {thread}: {switches} voluntary switches, {idle} of them while idle");
            }

            foreach (string line in Mappings.Describe(process.Id))
            {
                Console.Error.WriteLine("  " + line);
            }
        }

        return after;
    }

    private async Task RunJobsAsync(ChildProcess process, ThingFiles thing, ProcSample idle, Dictionary<string, double> figures)
    {
        await RunJobsAsync(thing, "job", options.Jobs);
        await Task.Delay(Settle);
        ProcSample after = ProcSample.Read(process.Id);
        figures[Figures.RssAfterJobs] = after.Rss;
        figures[Figures.RssGrowth] = after.Rss - idle.Rss;
        figures[Figures.PrivateDirtyAfterJobs] = after.PrivateDirty;
        figures[Figures.CpuPerJob] = (after.Cpu - idle.Cpu).TotalMilliseconds / options.Jobs;
    }

    /// <summary>Runs jobs to their end and checks that each succeeded.</summary>
    public async Task RunJobsAsync(ThingFiles thing, string prefix, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            await scene.Cloud.CreateJobAsync($"{thing.Name}-{prefix}-{i}", thing.Name, Document);
        }

        // They run in order: when the last has ended, all have.
        Stopwatch watch = Stopwatch.StartNew();
        while ((await scene.Cloud.DescribeAsync(thing.Name, $"{thing.Name}-{prefix}-{count}")) is { IsTerminal: false } last)
        {
            if (watch.Elapsed > options.JobPatience)
            {
                throw new TimeoutException($"the last of {count} jobs has not ended after {options.JobPatience}: {last}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        for (int i = 1; i <= count; i++)
        {
            ExecutionStatus execution = await scene.Cloud.DescribeAsync(thing.Name, $"{thing.Name}-{prefix}-{i}");
            if (execution.Status != "SUCCEEDED")
            {
                throw new InvalidOperationException($"a job went wrong: {execution}");
            }
        }
    }

    /// <summary>The context switches of the threads that run at the end; those of ended threads are lost.</summary>
    private static long Switches(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after) =>
        after.Sum(thread => thread.Value - before.GetValueOrDefault(thread.Key));

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2] + sorted[(sorted.Length / 2) - 1]) / 2;
    }
}

/// <summary>The figures of one program.</summary>
/// <param name="Name">The program.</param>
/// <param name="CommandLine">How it was started.</param>
/// <param name="Values">The figures, by the names in <see cref="Figures"/>; figures that do not apply are missing.</param>
internal sealed record Result(string Name, string CommandLine, Dictionary<string, double> Values);
