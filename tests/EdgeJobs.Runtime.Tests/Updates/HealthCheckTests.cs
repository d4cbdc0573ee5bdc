using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Runtime.Updates;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Health checks with real processes and servers.</summary>
public sealed class HealthCheckTests : IDisposable
{
    private readonly StepBoard _board = new();

    public void Dispose() => _board.Dispose();

    [Fact]
    public async Task A_command_must_be_good_some_times_in_a_row()
    {
        // Good, bad, then good for ever.
        StepResult result = await RunAsync(Shell($"echo x >> {_board["calls"]}; [ $(wc -l < {_board["calls"]}) -ne 2 ]"));
        StepBoard.AssertGood(result);
        Assert.Equal(5, (_board.Calls).Length);
        Assert.Equal(
            ["good (1 of 3 times)", "exit code 1 (0 of 3 times)", "good (1 of 3 times)", "good (2 of 3 times)", "good (3 of 3 times)"],
            _board.Progress.Select(p => p.Message));
        Assert.Equal(100, _board.Progress.Last().Percent);
    }

    [Fact]
    public async Task A_command_that_stays_bad_fails_with_the_last_check()
    {
        StepResult result = await RunToTheEndAsync(Shell("exit 3"));
        Assert.Equal(
            "timed out after 120 s (good 0 of 3 times in a row; the last check: exit code 3)",
            result.Describe());
        Assert.False(result.WasCanceled);
    }

    [Fact]
    public async Task A_check_that_hangs_is_ended_with_the_step()
    {
        string begun = _board["begun"];
        StepResult result = await RunToTheEndAsync(Shell($"touch {begun}; sleep 1000"), () => File.Exists(begun));
        Assert.Equal("timed out after 120 s (good 0 of 3 times in a row; the last check: none has ended)", result.Describe());
    }

    [Fact]
    public async Task A_cancelled_check_ends_at_once()
    {
        using CancellationTokenSource stop = new();
        Task<StepResult> running = RunAsync(Plan(Shell($"touch {_board["begun"]}; sleep 1000")), null, stop.Token);
        await Until.TrueAsync(() => File.Exists(_board["begun"]), "the check");
        await stop.CancelAsync();
        StepResult result = await running;
        Assert.True(result is { WasCanceled: true, TimedOutAfter: null, Code: 1 }, result.Describe());
    }

    [Fact]
    public async Task The_members_of_a_process_apply_to_the_command()
    {
        StepPlan step = Plan(Shell("exit $CODE")) with { Environment = [new("CODE", "7")], SuccessExitCodes = [7] };
        StepBoard.AssertGood(await RunAsync(step));
    }

    [Fact]
    public async Task A_URL_must_answer_with_success()
    {
        using TestCertificates certificates = new(_board.Path);
        await using FileServer server = FileServer.Start([], certificates);
        server.Answer(503);
        server.Answer("not HTTP\r\n\r\n");
        server.Answer(302, "Location: /elsewhere\r\n");
        StepBoard.AssertGood(await RunAsync(Plan(new StepAction.HealthCheck { Url = server.Root + "/health?a" }), certificates.CaFile));
        Assert.Equal(Enumerable.Repeat("/health?a", 6), server.Requests.Select(r => r.Target));
        Assert.Equal(
            [
                "status 503 (0 of 3 times)",
                "the server does not answer in HTTP/1.1; check the port in the URL (0 of 3 times)",
                "status 302 (0 of 3 times)",
                "good (1 of 3 times)",
            ],
            _board.Progress.Select(p => p.Message).Take(4));
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_is_not_good()
    {
        using TestCertificates certificates = new(_board.Path);
        await using FileServer server = FileServer.Start([], certificates);
        StepResult result = await RunToTheEndAsync(new StepAction.HealthCheck { Url = server.Root });
        Assert.Contains("certificate", result.Describe(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_server_on_the_board_needs_no_TLS_and_no_proxy()
    {
        await using FileServer server = FileServer.StartPlain([]);
        _board.Policy = new ExecutionPolicy();
        StepBoard.AssertGood(await RunAsync(new StepAction.HealthCheck { Url = server.Root + "/health" }));
    }

    [Fact]
    public async Task A_URL_that_the_policy_forbids_is_not_requested()
    {
        await using FileServer server = FileServer.StartPlain([]);
        _board.Policy = new ExecutionPolicy { UrlHosts = ["example.com"] };
        StepResult result = await RunAsync(new StepAction.HealthCheck { Url = server.Root });
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.StartsWith("the host 127.0.0.1 is not allowed on this board", result.Fault, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_unit_must_be_active()
    {
        WriteUnit("inactive", "a");
        StepAction.HealthCheck check = new() { Unit = "pump@1.service" };
        Assert.Equal(
            "timed out after 120 s (good 0 of 3 times in a row; the last check: ActiveState=inactive | InvocationID=a)",
            (await RunToTheEndAsync(check)).Describe());
        WriteUnit("active", "a");
        StepBoard.AssertGood(await RunAsync(check));
        Assert.All(
            _board.Calls,
            l => Assert.Equal("show --property=ActiveState,InvocationID -- pump@1.service", l));
    }

    [Fact]
    public async Task A_unit_that_restarts_again_and_again_is_not_good()
    {
        // Active at each check, but never the same run of the service.
        WriteUnit("active", "$(wc -l < " + _board["calls"] + ")");
        StepResult result = await RunToTheEndAsync(new StepAction.HealthCheck { Unit = "pump.service" });
        Assert.Equal(
            "timed out after 120 s (good 1 of 3 times in a row; the last check: the unit has restarted)",
            result.Describe());
    }

    [Fact]
    public async Task Systemctl_that_fails_is_not_good()
    {
        _board.WriteSystemctl("echo 'no bus' >&2; exit 1");
        StepResult result = await RunToTheEndAsync(new StepAction.HealthCheck { Unit = "pump.service" });
        Assert.EndsWith("the last check: systemctl: exit code 1)", result.Describe(), StringComparison.Ordinal);
    }

    private static StepAction.HealthCheck Shell(string script) => new() { Command = ["sh", "-c", script] };

    private static StepPlan Plan(StepAction.HealthCheck check) =>
        new() { Name = "check", Action = check with { Interval = TimeSpan.Zero } };

    private void WriteUnit(string state, string invocation) => _board.WriteSystemctl(
        $"echo \"$*\" >> {_board["calls"]}; echo ActiveState={state}; echo InvocationID={invocation}");

    private Task<StepResult> RunAsync(StepAction.HealthCheck check) => RunAsync(Plan(check));

    /// <summary>Runs a check until its time-out, which comes after three checks.</summary>
    private async Task<StepResult> RunToTheEndAsync(StepAction.HealthCheck check, Func<bool>? isUnderWay = null)
    {
        Task<StepResult> running = RunAsync(check);
        await Until.TrueAsync(isUnderWay ?? (() => _board.Progress.Count >= 3), "the checks");
        _board.Time.Advance(StepAction.HealthCheck.UsualTimeout);
        return await running;
    }

    private Task<StepResult> RunAsync(StepPlan step, string? caFile = null, CancellationToken cancellationToken = default) =>
        _board.RunAsync(
            new HealthCheckStepRunner(_board.Processes(), _board.Options(caFile)),
            new StepContext("pump-7", "job-1", 3, 2, 5, step),
            cancellationToken);
}
