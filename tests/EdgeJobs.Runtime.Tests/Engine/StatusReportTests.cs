using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>The pairs of the statusDetails, their order, and their maximum of 10.</summary>
public sealed class StatusReportTests
{
    private static readonly StepResult Good = new() { End = StepEnd.Exited };
    private static readonly StepResult Bad = new() { End = StepEnd.Exited, Code = 2 };

    [Fact]
    public void A_failure_is_reported_with_all_known_facts()
    {
        JobPlan plan = Script.Plan(s => s with { IgnoreFailure = true }, s => s,
            s => s with { AlwaysRuns = true }) with
        { IncludeStdOut = true };
        StepResult ignored = Bad with { StdOut = "o1", StdErr = "e1" };
        StepResult failed = new()
        {
            End = StepEnd.Signaled,
            Code = 9,
            Duration = TimeSpan.FromSeconds(1.5),
            StdOut = "o2",
            StdErr = "e2",
            Details = new ValueMap<string>([new("part", "7")]),
        };
        Outcome outcome = StatusReport.Failed(plan, [ignored, failed, Good with { StdErr = "e3" }]);
        Assert.Equal(JobExecutionUpdateStatus.Failed, outcome.Status);
        Assert.Equal("step 2 of 3 's2' failed: ended by SIGKILL", outcome.Reason);
        Assert.Equal(
            "reason=step 2 of 3 's2' failed: ended by SIGKILL, step=2/3, stepName=s2, signal=SIGKILL, duration=1.5 s, part=7, stdout=o1 | o2, "
                + "stderr=e1 | e2 | e3, ignored=step 1 's1': exit code 2",
            Text(outcome.Details));
    }

    [Fact]
    public void A_step_that_did_not_start_has_neither_exit_code_nor_duration()
    {
        JobPlan plan = Script.Plan(s => s);
        StepResult result = StepResult.NotStarted("no such file") with { Duration = TimeSpan.FromSeconds(1) };
        Assert.Equal(
            "reason=step 1 of 1 's1' failed: no such file, step=1/1, stepName=s1",
            Text(StatusReport.Failed(plan, [result]).Details));
    }

    [Fact]
    public void The_first_failure_that_counts_decides_and_later_ones_are_added()
    {
        JobPlan plan = Script.Plan(
            s => s with { IgnoreFailure = true },
            s => s,
            s => s,
            s => s,
            s => s,
            s => s with { IgnoreFailure = true });
        StepResult?[] results = [Bad, Good, Bad with { Code = 3 }, null, Bad with { Code = 4 }, Bad with { Code = 5 }];
        Assert.Equal(2, StatusReport.FindFailure(plan, results));
        Assert.Equal(-1, StatusReport.FindFailure(plan, results.AsSpan(0, 2)));
        Assert.Equal(-1, StatusReport.FindFailure(plan, []));
        Assert.Equal(0, StatusReport.FindFailure(Script.Plan(s => s), [Bad, Bad]));
        Assert.Equal(
            "step 3 of 6 's3' failed: exit code 3; then step 5 's5' failed too: exit code 4 (note)",
            StatusReport.Failed(plan, results, "note").Reason);
    }

    /// <summary>The journal can be older than the agent: results beyond the plan are ignored.</summary>
    [Fact]
    public void A_result_without_a_step_is_not_a_failure() => Assert.Equal(-1, StatusReport.FindFailure(Script.Plan(s => s), [Good, Bad]));

    [Fact]
    public void Ignored_failures_are_listed_and_change_the_reason()
    {
        JobPlan plan = Script.Plan(
            s => s with { IgnoreFailure = true },
            s => s with { IgnoreFailure = true },
            s => s with { IgnoreFailure = true });
        Assert.Equal(
            "reason=finished; the document ignores the failures of some steps (note), ignored=step 1 's1': exit code 2; step 3 's3': ended by SIGTERM",
            Text(StatusReport.Succeeded(plan, [Bad, Good, new StepResult { End = StepEnd.Signaled, Code = 15 }], "note").Details));
        Assert.Equal("reason=all 3 steps succeeded", Text(StatusReport.Succeeded(plan, [Good, null, Good]).Details));
    }

    [Fact]
    public void Output_is_reported_as_the_document_requests()
    {
        JobPlan plan = Script.Plan(s => s, s => s, s => s);
        StepResult?[] results = [Good with { StdOut = "o1", StdErr = "e1" }, null, Good with { StdOut = "o3", StdErr = "e3" }];
        Assert.Equal("reason=all 3 steps succeeded, stderr=e1 | e3", Text(StatusReport.Succeeded(plan, results).Details));
        Assert.Equal(
            "reason=all 3 steps succeeded, stdout=o1 | o3, stderr=e1 | e3",
            Text(StatusReport.Succeeded(plan with { IncludeStdOut = true }, results).Details));
        Assert.Equal(
            "reason=all 3 steps succeeded",
            Text(StatusReport.Succeeded(plan with { IncludeStdOut = true }, [Good, Good, Good]).Details));
    }

    [Fact]
    public void The_common_outcome_is_shared()
    {
        JobPlan plan = Script.Plan(s => s);
        Outcome usual = StatusReport.Succeeded(plan, [Good]);
        Assert.Same(usual, StatusReport.Succeeded(plan, [Good]));
        Assert.True(usual.IsSuccess);
        Assert.Equal("reason=the step succeeded", Text(usual.Details));
        Assert.Equal("reason=the step succeeded, stderr=e", Text(StatusReport.Succeeded(plan, [Good with { StdErr = "e" }]).Details));
        Assert.Equal("reason=the step succeeded (note)", Text(StatusReport.Succeeded(plan, [Good], "note").Details));
    }

    [Fact]
    public void A_job_that_did_not_run_has_only_a_reason()
    {
        Outcome rejected = StatusReport.Rejected("no");
        Assert.Equal(
            (JobExecutionUpdateStatus.Rejected, "no", "reason=no", false),
            (rejected.Status, rejected.Reason, Text(rejected.Details), rejected.IsSuccess));
        Outcome broken = StatusReport.CannotResume("lost");
        Assert.Equal(JobExecutionUpdateStatus.Failed, broken.Status);
        Assert.Equal("reason=the job was interrupted and can't continue: lost", Text(broken.Details));
    }

    [Fact]
    public void Details_of_handlers_do_not_replace_those_of_the_agent_and_leave_one_of_ten_pairs_to_its_version()
    {
        JobPlan plan = Script.Plan(s => s, s => s);
        ValueMap<string> own = new(
            [new("reason", "x"), new("step", "x"), new("no name", "x"), new("empty", ""),
            .. Enumerable.Range(1, 12).Select(i => KeyValuePair.Create($"n{i}", $"{i}"))]);
        Assert.Equal(
            "reason=step 2 of 2 's2' failed: exit code 2, step=2/2, stepName=s2, exitCode=2, n1=1, n2=2, n3=3, n4=4, n5=5",
            Text(StatusReport.Failed(plan, [null, Bad with { Details = own }]).Details));
        Assert.Equal(
            "reason=all 2 steps succeeded, a=1, b=1",
            Text(StatusReport.Succeeded(plan, [Good with { Details = new([new("a", "1")]) },
            Good with { Details = new([new("a", "2"), new("b", "1")]) }]).Details));
    }

    [Fact]
    public void Progress_has_the_pairs_of_the_agent_first_and_leaves_one_of_ten_to_its_version()
    {
        JobPlan plan = Script.Plan(s => s, s => s);
        ValueMap<string> own = new(
            [new("reason", "x"), new("percent", "x"), new("stepName", "x"),
            .. Enumerable.Range(1, 12).Select(i => KeyValuePair.Create($"n{i}", $"{i}"))]);
        Assert.Equal(
            "step=1/2, stepName=s1, percent=0, message=m, n1=1, n2=2, n3=3, n4=4, n5=5",
            Text(StatusReport.Progress(plan, 0, new StepProgress { Percent = 0, Message = "m", Values = own })));
        Assert.Equal("step=2/2, stepName=s2", Text(StatusReport.Progress(plan, 1, new StepProgress())));
        Assert.Equal("step=2/2, stepName=s2", Text(StatusReport.Progress(plan, 1)));
        Assert.Equal("step=1/1, stepName=s1", Text(StatusReport.Progress(Script.Plan(s => s), 0)));
    }

    [Fact]
    public void The_version_is_the_last_pair_if_the_service_accepts_one_more()
    {
        ValueMap<string> nine = new([.. Enumerable.Range(1, 9).Select(i => KeyValuePair.Create($"n{i}", $"{i}"))]);
        ValueMap<string> ten = StatusReport.AddBuild(nine, "1.2.3 (abc)");
        Assert.EndsWith(", n9=9, agent=1.2.3 (abc)", Text(ten), StringComparison.Ordinal);
        Assert.Same(ten, StatusReport.AddBuild(ten, "1.2.3 (abc)"));
        Assert.Same(nine, StatusReport.AddBuild(nine, ""));
    }

    [Fact]
    public void An_invisible_name_is_omitted()
    {
        JobPlan plan = Script.Plan(s => s with { Name = "\u200b" });
        Assert.Equal("step=1/1", Text(StatusReport.Progress(plan, 0)));
        Assert.Equal("step=1/1, percent=5", Text(StatusReport.Progress(plan, 0, new StepProgress { Percent = 5 })));
    }

    [Theory]
    [InlineData(StepEnd.Exited, 0, false, true)]
    [InlineData(StepEnd.Exited, 1, false, false)]
    [InlineData(StepEnd.Exited, 0, true, false)]
    [InlineData(StepEnd.Returned, 0, false, true)]
    [InlineData(StepEnd.Returned, 1, false, false)]
    [InlineData(StepEnd.Returned, 0, true, false)]
    [InlineData(StepEnd.Signaled, 0, false, false)]
    [InlineData(StepEnd.NotStarted, 0, false, false)]
    public void Only_a_step_that_ended_in_time_and_without_a_signal_succeeds(object end, int code, bool timedOut, bool isSuccess)
    {
        StepPlan step = Script.Plan(s => s).Steps[0];
        StepResult result = new() { End = (StepEnd)end, Code = code, TimedOutAfter = timedOut ? TimeSpan.FromSeconds(1) : null };
        Assert.Equal(isSuccess, StatusReport.IsSuccess(step, result));
        Assert.False(StatusReport.IsSuccess(step with { AllowStdErr = 0 }, result with { StdErrLines = 1 }));
    }

    private static string Text(ValueMap<string> details) => string.Join(", ", details.AsSpan().ToArray().Select(d => $"{d.Key}={d.Value}"));
}
