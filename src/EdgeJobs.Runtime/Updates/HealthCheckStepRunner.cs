using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Failures;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// Runs the steps that check health: a command, a URL or a systemd unit must be good some times in a row. Passes all other steps to
/// another runner, which also runs the programs.
/// </summary>
/// <param name="others">Runs all other steps.</param>
/// <param name="options">The options.</param>
internal sealed class HealthCheckStepRunner(IStepRunner others, DownloadOptions options) : IStepRunner
{
    private const string Active = "ActiveState=active";

    /// <inheritdoc/>
    public ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken) =>
        step.Step.Action is StepAction.HealthCheck check
            ? new ValueTask<StepResult>(RunAsync(check, step, progress, cancellationToken))
            : others.RunAsync(step, progress, cancellationToken);

    private async Task<StepResult> RunAsync(
        StepAction.HealthCheck check, StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        if (check.Url is not null && options.Policy?.Check(step.Step, null, Libc.EffectiveUser()) is { } denied)
        {
            return StepResult.NotStarted(denied);
        }

        long start = options.Time.GetTimestamp();
        TimeSpan limit = step.Step.Timeout!.Value;
        using CancellationTokenSource deadline = new(limit, options.Time);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        int good = 0;
        int most = 0;
        string last = "none has ended";
        string before = "";
        try
        {
            while (true)
            {
                (string? fault, string state) = await CheckAsync(check, step, progress, ending.Token).ConfigureAwait(false);

                // A check that was cut off says nothing.
                ending.Token.ThrowIfCancellationRequested();
                bool hasRestarted = good > 0 && state != before;
                before = state;
                last = fault ?? (hasRestarted ? "the unit has restarted" : "good");
                good = fault is not null ? 0 : hasRestarted ? 1 : good + 1;
                most = Math.Max(most, good);
                string message = $"{last} ({good} of {check.Times} times)";
                progress.Report(new StepProgress { Percent = good * 100 / check.Times, Message = message });
                if (good == check.Times)
                {
                    return new StepResult { End = StepEnd.Returned, Duration = options.Time.GetElapsedTime(start) };
                }

                await Task.Delay(check.Interval, options.Time, ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            bool wasCanceled = cancellationToken.IsCancellationRequested;
            return new StepResult
            {
                End = StepEnd.Returned,
                Code = 1,
                Fault = $"good {most} of {check.Times} times in a row; the last check: {last}",
                Duration = options.Time.GetElapsedTime(start),
                WasCanceled = wasCanceled,
                TimedOutAfter = wasCanceled ? null : limit,
            };
        }
    }

    /// <summary>Checks once.</summary>
    /// <returns>Why it is not good, or null; and a text that changes when a unit restarts.</returns>
    private async Task<(string? Fault, string State)> CheckAsync(
        StepAction.HealthCheck check, StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        if (check.Url is { } url)
        {
            return (await GetAsync(DownloadUrl.Parse(url, out _)!, cancellationToken).ConfigureAwait(false), "");
        }

        StepPlan once = step.Step with { Timeout = StepAction.HealthCheck.LongestCheck };
        StepResult result = await others.RunAsync(step with { Step = once }, progress, cancellationToken).ConfigureAwait(false);
        bool hasExited = result is { End: StepEnd.Exited, TimedOutAfter: null };
        return check.Unit is null
            ? (hasExited && once.SuccessExitCodes.Contains(result.Code) ? null : result.Describe(), "")
            : !hasExited || result.Code != 0 ? ($"systemctl: {result.Describe()}", "")
            : (result.StdOut.Contains(Active, StringComparison.Ordinal) ? null : result.StdOut, result.StdOut);
    }

    private async Task<string?> GetAsync(DownloadUrl url, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(StepAction.HealthCheck.LongestCheck, options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);

        // No proxy leads to the board itself.
        DownloadOptions direct =
            url.IsLoopback ? options with { Connection = options.Connection with { Proxy = null } } : options;
        try
        {
            ServerStream server = await new HttpDialer(direct).OpenAsync(url, either.Token).ConfigureAwait(false);
            using HttpResponse response =
                await HttpResponse.GetAsync(server, url, FileAnswer.RequestHeaders(default), either.Token).ConfigureAwait(false);
            return response.Status is >= 200 and < 300 ? null : $"status {response.Status}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {StatusText.Seconds(StepAction.HealthCheck.LongestCheck)} s";
        }
#pragma warning disable CA1031 // Whatever prevents an answer, the check is not good.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return FailureText.OneLine(e.GetBaseException().Message);
        }
    }
}
