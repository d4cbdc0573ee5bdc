using System.Collections.Concurrent;
using System.Globalization;
using EdgeJobs.PowerCut.Tests.Disk;
using EdgeJobs.PowerCut.Tests.Recording;
using EdgeJobs.PowerCut.Tests.Recovery;
using EdgeJobs.PowerCut.Tests.Tracing;

namespace EdgeJobs.PowerCut.Tests;

/// <summary>One recording for all tests of a class, and what checks its states.</summary>
public sealed class RecordingFixture : IAsyncLifetime
{
    private const int UsualSamples = 4;
    private readonly DirectoryInfo _disks = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"edgejobs-power-cut-{Environment.ProcessId}"));

    internal IReadOnlyList<TraceEvent> Events { get; private set; } = [];

    internal History History { get; private set; } = null!;

    internal CutStates States { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Events = await Recorder.RecordAsync();
        History = new History(Events);
        string? samples = Environment.GetEnvironmentVariable("EDGEJOBS_TEST_POWER_CUTS");
        States = new CutStates(
            Events, History, samples is null ? UsualSamples : int.Parse(samples, CultureInfo.InvariantCulture), samples is not null);
    }

    public Task DisposeAsync()
    {
        _disks.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Starts the recovery on each state.</summary>
    /// <param name="states">The states.</param>
    /// <param name="count">Their number.</param>
    /// <returns>What went wrong.</returns>
    internal List<string> Check(IEnumerable<(int Cut, DiskImage Image)> states, out int count)
    {
        ConcurrentQueue<(int Cut, string Fault)> faults = [];
        ConcurrentBag<RecoveryCheck> idle = [];
        int all = 0;
        int directories = 0;
        Parallel.ForEach(
            Partitioner.Create(states, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            state =>
            {
                if (!idle.TryTake(out RecoveryCheck? check))
                {
                    check = new RecoveryCheck(History, Path.Combine(_disks.FullName, $"{Interlocked.Increment(ref directories)}"));
                }

                Interlocked.Increment(ref all);
                if (check.FindFault(state.Image, state.Cut) is { } fault)
                {
                    faults.Enqueue((state.Cut, fault));
                }

                idle.Add(check);
            });
        count = all;
        return [.. faults.OrderBy(f => f.Cut).Select(f => $"after event {f.Cut} ({Shown(Events[f.Cut])}): {f.Fault}")];
    }

    private static string Shown(TraceEvent happened) => happened switch
    {
        TraceEvent.OnDisk { Call: DiskCall.Write write } => $"write {write.Bytes.Length} bytes at {write.Offset} of {write.Path}",
        TraceEvent.OnDisk disk => disk.Call.ToString(),
        _ => happened.ToString(),
    };
}
