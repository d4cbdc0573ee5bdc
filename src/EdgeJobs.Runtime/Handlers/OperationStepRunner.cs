using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Handlers;

/// <summary>Runs steps that call handlers in the agent's process, and passes all others to another runner.</summary>
/// <param name="others">Runs all other steps.</param>
/// <param name="grace">How long a cancelled handler may run before that is logged.</param>
/// <param name="logger">The agent's log, also for handlers.</param>
/// <param name="time">The clock of time-outs, also for handlers.</param>
/// <param name="policy">What the board's owner allows; null to allow every operation.</param>
internal sealed class OperationStepRunner(
    IStepRunner others, TimeSpan grace, ILogger logger, TimeProvider time, ExecutionPolicy? policy = null) : IStepRunner
{
    /// <inheritdoc/>
    public ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken) =>
        step.Step.Action is StepAction.RunOperation operation
            ? new ValueTask<StepResult>(RunAsync(operation.Work, step, progress, cancellationToken))
            : others.RunAsync(step, progress, cancellationToken);

    private async Task<StepResult> RunAsync(
        JobWork work, StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        if (policy?.Check(step.Step, null, Libc.EffectiveUser()) is { } denied)
        {
            return StepResult.NotStarted(denied);
        }

        JobContext context = new(step, progress, logger, time);
        using CancellationTokenSource timeout = new(step.Step.Timeout ?? System.Threading.Timeout.InfiniteTimeSpan, time);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using CancellationTokenSource ended = new();
        long start = time.GetTimestamp();
        Task warning = WarnAsync(work.Operation, ending.Token, ended.Token);

        // On another thread: a handler that computes or blocks must not block the agent.
        JobResult result = await Task.Run(() => CallAsync(work, context, ending.Token), CancellationToken.None).ConfigureAwait(false);
        TimeSpan duration = time.GetElapsedTime(start);
        await ended.CancelAsync().ConfigureAwait(false);
        await warning.ConfigureAwait(false);
        bool hasTimedOut = !result.IsSuccess && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
        return new StepResult
        {
            End = StepEnd.Returned,
            Code = result.IsSuccess ? 0 : 1,
            Fault = result.Reason,
            Details = result.Details,
            Duration = duration,
            WasCanceled = cancellationToken.IsCancellationRequested,
            TimedOutAfter = hasTimedOut ? step.Step.Timeout : null,
        };
    }

    private async Task<JobResult> CallAsync(JobWork work, JobContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await work.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return JobResult.Failed("the handler was cancelled");
        }
#pragma warning disable CA1031 // An exception of a handler fails its job, not the agent.
        catch (Exception e)
#pragma warning restore CA1031
        {
            AgentLog.HandlerThrew(logger, work.Operation, e.ToString().ReplaceLineEndings(" "));
            return JobResult.Failed($"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task WarnAsync(string operation, CancellationToken ending, CancellationToken ended)
    {
        try
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ending, ended);
            Task forever = Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, time, either.Token);
            await forever.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(grace, time, ended).ConfigureAwait(false);
            AgentLog.HandlerStillRunning(logger, operation, StatusText.Seconds(grace));
        }
        catch (OperationCanceledException)
        {
            // The handler has ended.
        }
    }
}
