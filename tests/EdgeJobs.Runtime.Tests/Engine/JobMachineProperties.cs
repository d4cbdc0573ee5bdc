using CsCheck;
using EdgeJobs.Runtime.Settings;
using Xunit.Abstractions;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>
/// The state machine against a model of the service, under any order of any events. The invariants are named in <see cref="World"/>.
/// </summary>
public sealed class JobMachineProperties(ITestOutputHelper output)
{
    private static readonly Gen<(int What, int Which)[]> Events = Gen.Select(Gen.Int[0, World.Kinds - 1], Gen.Int[0, 1000]).Array[0, 300];

    /// <summary>2,000 sequences of up to 300 events by default; <c>EDGEJOBS_TEST_STEPS=30000000</c> for 100,000 of them.</summary>
    private static readonly long Iterations =
        Math.Max(1, (long.TryParse(Environment.GetEnvironmentVariable("EDGEJOBS_TEST_STEPS"), out long steps) ? steps : 600_000) / 300);

    [Fact]
    public void Whatever_happens_every_job_ends_once_and_as_it_ran()
    {
        long happened = 0;
        long crashes = 0;
        Events.Sample(
            events =>
            {
                World world = new(stepTimer: events.Length % 2 == 0 ? 3 : 0);
                world.Happen(1, 0);
                foreach ((int what, int which) in events)
                {
                    world.Happen(what, which);
                }

                world.Settle();
                world.CheckSettled();
                Interlocked.Add(ref happened, world.Steps);
                Interlocked.Add(ref crashes, world.Crashes);
            },
            iter: Iterations);
        output.WriteLine($"{happened} events, {crashes} crashes");
    }

    [Fact]
    public void Whenever_the_agent_is_stopped_it_ends_when_its_step_has_ended()
    {
        Gen.Select(Events, Events).Sample(
            (before, after) =>
            {
                World world = new();
                world.Happen(1, 0);
                foreach ((int what, int which) in before)
                {
                    world.Happen(what, which);
                }

                world.Stop();
                foreach ((int what, int which) in after)
                {
                    world.Happen(what, which);
                }

                world.Settle();
                Assert.NotNull(world.Exit);
                Assert.Equal(ExitCode.Done, world.Exit.Code);
            },
            iter: Iterations);
    }

    [Fact]
    public void Once_ends_when_nothing_is_pending_and_its_exit_code_says_whether_all_succeeded()
    {
        Events.Sample(
            events =>
            {
                World world = new(RunMode.Once);
                world.Happen(0, 1);
                world.Happen(0, 2);
                world.Happen(1, 0);
                foreach ((int what, int which) in events)
                {
                    world.Happen(what, which);
                }

                world.Settle();
                Assert.NotNull(world.Exit);
                Assert.InRange(world.Exit.Code, ExitCode.Done, ExitCode.JobFailed);
            },
            iter: Iterations);
    }

    [Fact]
    public void With_job_id_no_other_job_runs()
    {
        Events.Sample(
            events =>
            {
                World world = new(RunMode.SingleJob, "job-2");
                world.Happen(0, 1);
                world.Happen(0, 2);
                world.Happen(1, 0);
                foreach ((int what, int which) in events)
                {
                    world.Happen(what, which);
                }

                world.Settle();
                Assert.NotNull(world.Exit);
                ServiceModel service = world.Service;
                Assert.All(service.All, e => Assert.True(e.Key.JobId == "job-2" || e.StepsBegun == 0));
                bool mayBeUnknown = service.All.Any(e => e.Key.JobId == "job-2" && (e.IsDeleted || e.WasUnreadable));
                if (!mayBeUnknown)
                {
                    bool succeeded = world.StatusAtExit == EdgeJobs.Protocol.JobExecutionStatus.Succeeded && world.Exit.Fault is null;
                    Assert.Equal(succeeded ? ExitCode.Done : ExitCode.JobFailed, world.Exit.Code);
                }
                else if (world.Exit.Code == ExitCode.Done)
                {
                    // An execution that ended while its outcome was in flight counts as reported if its replies are unreadable.
                    Assert.Contains(service.All, e => e is { Key.JobId: "job-2", HasSucceeded: true });
                }
            },
            iter: Iterations);
    }
}
