using System.Globalization;
using EdgeJobs.PowerCut.Tests.Disk;
using EdgeJobs.PowerCut.Tests.Recording;
using EdgeJobs.PowerCut.Tests.Recovery;
using EdgeJobs.PowerCut.Tests.Tracing;
using Xunit.Abstractions;

namespace EdgeJobs.PowerCut.Tests;

/// <summary>
/// Every state that a disk may hold after a power cut, at each moment of a recording of the native agent: nothing is lost, nothing doubled,
/// nothing stuck. With EDGEJOBS_TEST_POWER_CUTS, that many random states at each cut, and cuts in all jobs of the same kind, too.
/// </summary>
public sealed class PowerCutTests(RecordingFixture recording, ITestOutputHelper output) : IClassFixture<RecordingFixture>
{
    private const int MaxShown = 12;

    [Fact]
    public void The_recording_has_every_feature()
    {
        History history = recording.History;
        Assert.Contains(history.Executions, e => e.Begun.Exists(b => b.Attempt == 3));
        Assert.Contains(history.Executions, e => e is { LostAt: < int.MaxValue, WasReplaced: false });
        Assert.Contains(history.Executions, e => e.WasReplaced);
        Assert.Contains(history.Executions, e => e.Outcome is { IsSuccess: false });
        Assert.True(history.Identity.WorksAt < history.Executions[0].ClaimedAt, "the board was not provisioned first");

        // Longer than its mark: a job is under way.
        Assert.Contains(
            recording.Events,
            e => e is TraceEvent.OnDisk { Call: DiskCall.Write { Path: Recorder.DataDirectory + "/journal.new", Bytes.Length: > 30_000 } });
    }

    [Fact]
    public void No_power_cut_loses_doubles_or_blocks_a_job()
    {
        List<string> faults = recording.Check(recording.States.All(), out int states);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{recording.Events.Count} events, {recording.States.Flushes.Count} flushes, {states} states, {faults.Count} faults"));
        Assert.True(faults.Count == 0, Summary(faults));
    }

    [Fact]
    public void Each_flush_is_needed()
    {
        Dictionary<string, Row> table = [];
        foreach (FlushSite site in recording.States.Flushes)
        {
            List<string> faults = recording.Check(recording.States.Without(site), out int states);
            table[site.What] = (table.GetValueOrDefault(site.What) ?? new Row(0, 0, 0, 0, null)).With(faults, states);
        }

        foreach ((string what, Row row) in table)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {row.Flushes} | {row.Caught} | {row.States} | {row.Faults} | {row.Example}"));
        }

        // The directory is flushed again for certificate.pem before anything depends on the key's name.
        IEnumerable<string> uncaught = table.Where(row => row.Value.Caught == 0).Select(row => row.Key);
        string[] needless = [.. uncaught.Except(["the new private.key in identity"])];
        Assert.True(needless.Length == 0, $"no state shows that these are needed: {string.Join("; ", needless)}");
    }

    /// <summary>One fault of each kind, with their number.</summary>
    private static string Summary(IEnumerable<string> faults) => string.Join(
        '\n',
        faults.GroupBy(KindOf).Take(MaxShown)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} times: {g.First()}")));

    private static string KindOf(string fault)
    {
        int start = fault.IndexOf("): ", StringComparison.Ordinal) + 3;
        return new string([.. fault[start..].Where(c => !char.IsAsciiDigit(c)).Take(30)]);
    }

    /// <summary>What the removal of the flushes of one place shows.</summary>
    /// <param name="Flushes">How many flushes there are.</param>
    /// <param name="Caught">The number of those whose removal was caught.</param>
    /// <param name="States">The number of states without one of them.</param>
    /// <param name="Faults">The number of states that go wrong.</param>
    /// <param name="Example">One of the faults.</param>
    private sealed record Row(int Flushes, int Caught, int States, int Faults, string? Example)
    {
        public Row With(List<string> faults, int states) => new(
            Flushes + 1,
            Caught + (faults.Count > 0 ? 1 : 0),
            States + states,
            Faults + faults.Count,
            Example ?? faults.FirstOrDefault());
    }
}
