using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.StateMachine;

namespace EdgeJobs.Runtime.Tests.StateMachine;

/// <summary>One turn serves one event after the other, as in the loop of the agent.</summary>
public sealed class TurnTests
{
    [Fact]
    public void A_turn_that_begins_anew_has_no_commands_of_the_one_before()
    {
        Turn turn = new();
        turn.Begin(JobMachine.Start(RunMode.Forever));
        JobMachine.Next(turn, new JobEvent.Connected());
        Assert.Equal([new JobCommand.ListPending(1)], turn.Commands);
        turn.Begin(turn.State);
        Assert.Empty(turn.Commands);
        Assert.Equal(2, turn.NewId());
        Assert.Equal(3, turn.NewId());
    }

    [Fact]
    public void Without_a_job_there_is_none_to_be_had()
    {
        Turn turn = new();
        turn.Begin(JobMachine.Start(RunMode.Forever));
        Assert.Equal("no job is active", Assert.Throws<InvalidOperationException>(() => turn.Job).Message);
    }

    [Fact]
    public void A_write_that_ends_after_the_agent_has_changes_nothing()
    {
        Script script = Script.Running(2);
        script.DiskIsSlow = true;
        script.Step();
        Assert.Equal("tell JobInterrupted it goes on at the next start\nexit 0", script.Stop());
        Turn turn = new();
        turn.Begin(script.State);
        JobMachine.NextJournaled(turn, script.State.Job!.Value.WriteId, null);
        Assert.Empty(turn.Commands);
        Assert.Equal(script.State, turn.State);
    }

    [Theory]
    [InlineData(0, "job j")]
    [InlineData(1, "job j")]
    [InlineData(2, "job j (execution 2)")]
    public void Only_a_run_that_is_not_the_first_is_told_by_its_number(long number, string expected) =>
        Assert.Equal(expected, new JobKey("j", number).ToString());
}
