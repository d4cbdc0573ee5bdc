using EdgeJobs.Runtime.Text;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Which version the packaged program runs, for every combination of what it can find.</summary>
public sealed class StartDecisionTests
{
    private const string Own = "2.0.0";
    private static readonly string[] Versions = ["", "1.0.0", "2.0.0", "3.0.0", "4.0.0"];

    /// <summary>Each state with each set of usable programs.</summary>
    private static IEnumerable<(SlotState State, string[] Usable)> All =>
        from confirmed in Versions
        from starts in new[] { 0, 1, StartDecision.MaxStarts - 1, StartDecision.MaxStarts, 100 }
        from update in Versions
        from phase in Enum.GetValues<SlotPhase>()
        from usable in new string[][] { [], ["3.0.0"], ["4.0.0"], ["3.0.0", "4.0.0"] }
        let next = update.Length == 0 ? null : Update(update, phase)
        select (new SlotState { Confirmed = confirmed, Starts = starts, Update = next }, usable);

    [Fact]
    public void Only_a_usable_version_that_is_higher_than_the_package_runs()
    {
        foreach ((SlotState state, string[] usable) in All)
        {
            if (Decide(state, usable).Version is { } version)
            {
                Assert.Contains(version, usable);
                Assert.True(AgentVersion.Order(version) > AgentVersion.Order(Own));
            }
        }
    }

    [Fact]
    public void A_version_is_tried_once_and_the_state_says_so_before()
    {
        foreach ((SlotState state, string[] usable) in All)
        {
            StartDecision decision = Decide(state, usable);
            bool mayTry = state.Update is { Phase: SlotPhase.Ready } update && usable.Contains(update.Version);
            Assert.Equal(mayTry, decision.IsTrial);
            Assert.Equal(mayTry, decision.State.Update?.Phase == SlotPhase.Started);
            if (!decision.IsTrial)
            {
                continue;
            }

            Assert.Equal(SlotPhase.Ready, state.Update!.Phase);
            Assert.Equal(state.Update.Version, decision.Version);
            Assert.Equal((state.Confirmed, state.Starts), (decision.State.Confirmed, decision.State.Starts));

            // Whatever happened, without a confirmation the next start runs what ran before.
            StartDecision next = Decide(decision.State, usable);
            Assert.Equal(Decide(state with { Update = null }, usable).Version, next.Version);
            Assert.Equal(SlotPhase.Failed, next.State.Update!.Phase);
            Assert.StartsWith($"version {decision.Version}: it started, but ", next.State.Update.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_confirmed_version_runs_until_it_does_not_report()
    {
        foreach ((SlotState state, string[] usable) in All)
        {
            StartDecision decision = Decide(state, usable);
            bool mayRun = usable.Contains(state.Confirmed) && state.Starts < StartDecision.MaxStarts;
            if (decision.IsTrial)
            {
                continue;
            }

            Assert.Equal(mayRun ? state.Confirmed : null, decision.Version);
            Assert.Equal(mayRun ? state.Confirmed : "", decision.State.Confirmed);
            Assert.True(!mayRun || decision.State.Starts == state.Starts + 1);
        }
    }

    [Fact]
    public void A_decision_is_final()
    {
        foreach ((SlotState state, string[] usable) in All)
        {
            // Every sequence of starts without a report ends with the packaged program, and a state that does not change any more.
            StartDecision decision = Decide(state, usable);
            for (int i = 0; i <= StartDecision.MaxStarts + 1; i++)
            {
                decision = Decide(decision.State, usable);
            }

            Assert.Null(decision.Version);
            Assert.Equal("", decision.State.Confirmed);
            Assert.Empty(decision.Notes);
            Assert.Equal(decision.State, Decide(decision.State, usable).State);
        }
    }

    [Fact]
    public void A_failure_stays_until_its_step_has_it()
    {
        foreach ((SlotState state, string[] usable) in All)
        {
            if (state.Update is { Phase: SlotPhase.Failed })
            {
                Assert.Equal(state.Update, Decide(state, usable).State.Update);
            }
        }
    }

    [Fact]
    public void Without_slots_nothing_happens()
    {
        SlotState empty = new();
        StartDecision decision = Decide(empty);
        Assert.Null(decision.Version);
        Assert.Same(empty, decision.State);
        Assert.Empty(decision.Notes);
    }

    [Theory]
    [InlineData("3.0.0", 0, "version 3.0.0 is tried")]
    [InlineData(
        "3.0.0",
        1,
        "version 3.0.0 is not confirmed and does not start again: it started, but ended or did not report to the service within 300 s; "
            + "the log of the board has more")]
    [InlineData("4.0.0", 0, "version 4.0.0 is not confirmed and does not start again: no file")]
    [InlineData("2.0.0", 0, "the package has version 2.0.0; the update to 2.0.0 is not needed")]
    public void The_log_says_what_becomes_of_an_update(string version, int phase, string note) =>
        Assert.Equal([note], Decide(new SlotState { Update = Update(version, (SlotPhase)phase) }, "3.0.0").Notes);

    [Theory]
    [InlineData("1.0.0", 0, "the package has version 2.0.0")]
    [InlineData("2.0.0", 0, "the package has version 2.0.0")]
    [InlineData("3.0.0", 5, "it has not reported to the service in 5 starts")]
    [InlineData("4.0.0", 0, "no file")]
    public void The_log_says_why_a_confirmed_version_is_given_up(string version, int starts, string reason) => Assert.Equal(
        [$"the updated version {version} is given up for the packaged version 2.0.0: {reason}"],
        Decide(new SlotState { Confirmed = version, Starts = starts }, "3.0.0").Notes);

    private static SlotUpdate Update(string version, SlotPhase phase) =>
        new(version, "job-1", 3, 2, 300) { Phase = phase, Reason = phase == SlotPhase.Failed ? "why" : "" };

    private static StartDecision Decide(SlotState state, params string[] usable) =>
        StartDecision.Of(Own, state, version => usable.Contains(version) ? null : "no file");
}
