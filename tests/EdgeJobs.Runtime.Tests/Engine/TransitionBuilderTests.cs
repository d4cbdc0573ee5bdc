
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>One builder serves many events, as in the loop of the agent.</summary>
public sealed class TransitionBuilderTests
{
    [Fact]
    public void A_reused_builder_has_no_commands_of_the_previous_transition()
    {
        TransitionBuilder builder = new();
        builder.Begin(JobMachine.Start(RunMode.Forever));
        JobMachine.Next(builder, new JobEvent.Connected());
        Assert.Equal([new JobCommand.ListPending(1)], builder.Commands);
        builder.Begin(builder.State);
        Assert.Empty(builder.Commands);
        Assert.Equal(2, builder.NewId());
        Assert.Equal(3, builder.NewId());
    }

    [Fact]
    public void Without_a_job_its_property_throws()
    {
        TransitionBuilder builder = new();
        builder.Begin(JobMachine.Start(RunMode.Forever));
        Assert.Equal("no job is active", Assert.Throws<InvalidOperationException>(() => builder.Job).Message);
    }

    [Fact]
    public void A_write_that_completes_after_the_exit_changes_nothing()
    {
        Script script = Script.Running(2);
        script.DiskIsSlow = true;
        script.Step();
        Assert.Equal("log JobInterrupted it continues at the next start\nexit 0", script.Stop());
        TransitionBuilder builder = new();
        builder.Begin(script.State);
        JobMachine.NextJournaled(builder, script.State.Job!.Value.WriteId, null);
        Assert.Empty(builder.Commands);
        Assert.Equal(script.State, builder.State);
    }

    [Theory]
    [InlineData(0, "job j")]
    [InlineData(1, "job j")]
    [InlineData(2, "job j (execution 2)")]
    public void Only_a_repeated_execution_is_logged_with_its_number(long number, string expected) =>
        Assert.Equal(expected, new JobKey("j", number).ToString());
}
