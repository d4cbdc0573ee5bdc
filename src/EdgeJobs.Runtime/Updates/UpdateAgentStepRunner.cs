using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// Runs the steps that update the agent, and passes all others to another runner, which also runs the new program for the check of its
/// version. Such a step has succeeded when it runs again in the new version and that one is confirmed.
/// </summary>
/// <param name="others">Runs all other steps.</param>
/// <param name="options">The options of the download.</param>
/// <param name="self">The versions of the agent; null if this agent can't change its version.</param>
internal sealed class UpdateAgentStepRunner(IStepRunner others, DownloadOptions options, SelfUpdate? self) : IStepRunner
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        if (step.Step.Action is not StepAction.UpdateAgent update)
        {
            return others.RunAsync(step, progress, cancellationToken);
        }

        return options.Policy?.Check(step.Step, null, Libc.EffectiveUser()) is { } denied ? new(StepResult.NotStarted(denied))
            : self is null ? new(StepResult.NotStarted("only the native program edgejobs can update itself, not a custom agent"))
            : new ValueTask<StepResult>(RunAsync(self, update, step, progress, cancellationToken));
    }

    private async Task<StepResult> RunAsync(
        SelfUpdate own,
        StepAction.UpdateAgent update,
        StepContext step,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        try
        {
            if (own.TakeFailure(step) is { } reason)
            {
                return Failed(reason);
            }

            if (own.Version == update.Version)
            {
                await own.Confirmed.WaitAsync(cancellationToken).ConfigureAwait(false);
                return new StepResult { End = StepEnd.Returned };
            }

            if (AgentVersion.Order(own.Version) > AgentVersion.Order(update.Version))
            {
                return Failed($"the agent has version {own.Version}, which is higher than {update.Version}; the agent does not go back");
            }

            return await ReplaceAsync(own, update, step, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return Failed(e.Message);
        }
        catch (OperationCanceledException)
        {
            return Failed("it was cancelled") with { WasCanceled = true };
        }
    }

    private async Task<StepResult> ReplaceAsync(
        SelfUpdate own,
        StepAction.UpdateAgent update,
        StepContext step,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        string program = own.Create(update.Version);
        StepResult result = await DownloadAsync(update, program, step, progress, cancellationToken).ConfigureAwait(false);
        if (result is not { End: StepEnd.Returned, Code: 0 })
        {
            own.Remove(update.Version);
            return result;
        }

        result = await CheckAsync(update, program, step, progress, cancellationToken).ConfigureAwait(false);
        if (result.Code != 0 || result.End == StepEnd.NotStarted)
        {
            own.Remove(update.Version);
            return result;
        }

        cancellationToken.ThrowIfCancellationRequested();
        own.Prepare(new SlotUpdate(update.Version, step.JobId, step.ExecutionNumber, step.Number, update.ConfirmSeconds));
        progress.Report(new StepProgress { Message = $"version {own.Version} restarts as version {update.Version}" });
        own.Restart();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Failed("the agent did not restart") with { WasCanceled = true };
    }

    private ValueTask<StepResult> DownloadAsync(
        StepAction.UpdateAgent update,
        string program,
        StepContext step,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        // The rules for this step are checked; those for URLs also apply to redirects. No link leads out of the slots.
        ExecutionPolicy policy = new()
        {
            TargetRoots = [Path.GetDirectoryName(Path.GetDirectoryName(program)!)!],
            UrlHosts = options.Policy?.UrlHosts,
            AllowsHttp = options.Policy is { AllowsHttp: true },
            Users = ["root"],
        };
        Func<CancellationToken, ValueTask<StepPlan?>>? refresh = step.Refresh;
        return new DownloadStepRunner(others, options with { Policy = policy }).RunAsync(
            step with
            {
                Step = WithDownload(step.Step, update),
                Refresh = refresh is null ? null : async token =>
                    await refresh(token).ConfigureAwait(false) is { Action: StepAction.UpdateAgent renewed } plan
                        ? WithDownload(plan, renewed)
                        : null,
            },
            progress,
            cancellationToken);

        StepPlan WithDownload(StepPlan plan, StepAction.UpdateAgent action) =>
            plan with { Action = action.File with { Path = program, Mode = StepAction.UpdateAgent.ProgramMode } };
    }

    /// <summary>
    /// Runs the new program for its version: another file, a wrong architecture or a missing library shows before the switch.
    /// </summary>
    private async Task<StepResult> CheckAsync(
        StepAction.UpdateAgent update,
        string program,
        StepContext step,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        StepPlan check = step.Step with { Action = update with { Downloaded = program }, Timeout = LongestCheck };
        StepResult result = await others.RunAsync(step with { Step = check }, progress, cancellationToken).ConfigureAwait(false);
        if (result is not { End: StepEnd.Exited, Code: 0, TimedOutAfter: null })
        {
            return Failed($"the new program does not show its version: {result.DescribeWithErrors()}") with
            {
                WasCanceled = result.WasCanceled,
            };
        }

        string[] words = result.StdOut.Split(' ');
        return words.Length > 1 && words[0] == AgentSlots.ProgramName && words[1] == update.Version
            ? new StepResult { End = StepEnd.Returned }
            : Failed($"the new program is '{StatusText.Head(result.StdOut, 100)}' instead of {AgentSlots.ProgramName} {update.Version}");
    }

    private static StepResult Failed(string fault) => new() { End = StepEnd.Returned, Code = 1, Fault = fault };
}
