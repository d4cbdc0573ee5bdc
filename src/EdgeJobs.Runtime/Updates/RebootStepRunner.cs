using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// Runs the steps that reboot the board, and passes all others to another runner, which also runs systemctl. A reboot has succeeded when
/// the agent runs the step again in another boot; no clock is compared.
/// </summary>
/// <param name="others">Runs all other steps.</param>
/// <param name="options">The options.</param>
internal sealed class RebootStepRunner(IStepRunner others, RebootOptions options) : IStepRunner
{
    /// <inheritdoc/>
    public ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken) =>
        step.Step.Action is StepAction.Reboot
            ? new ValueTask<StepResult>(RebootAsync(step, progress, cancellationToken))
            : others.RunAsync(step, progress, cancellationToken);

    private async Task<StepResult> RebootAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        string boot = options.BootOf();
        if (boot.Length == 0)
        {
            return StepResult.NotStarted("the board's boot id, by which the agent knows that it is back, can't be read; mount /proc");
        }

        StepRecord record = StepRecord.OfReboot(options.DataDirectory, step);
        try
        {
            // A job of the same id may have rebooted the board before; interrupted attempts count.
            string? before = step.Attempt == 1 ? null : record.Read();
            if (before is not null && before != boot)
            {
                // The record stays: if the agent ends before the journal has this result, the board must not reboot again.
                return new StepResult { End = StepEnd.Returned };
            }

            // In the same boot, the agent has crashed before the board was down.
            record.Write(boot);
        }
        catch (IOException e)
        {
            return StepResult.NotStarted(e.Message);
        }

        long start = options.Time.GetTimestamp();
        TimeSpan limit = step.Step.Timeout!.Value;
        progress.Report(new StepProgress { Message = "rebooting" });
        StepResult result = await others.RunAsync(step, progress, cancellationToken).ConfigureAwait(false);
        if (result is { End: StepEnd.Exited, Code: 0, TimedOutAfter: null })
        {
            TimeSpan left = limit - options.Time.GetElapsedTime(start);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, options.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            result = new StepResult { End = StepEnd.Returned, Code = 1, Fault = "the board did not reboot", TimedOutAfter = limit };
        }
        else if (result.End != StepEnd.NotStarted)
        {
            result = new StepResult { End = StepEnd.Returned, Code = 1, Fault = $"systemctl failed: {result.DescribeWithErrors()}" };
        }

        if (cancellationToken.IsCancellationRequested)
        {
            // Usually the board goes down and ends the agent. The next boot decides.
            return result with { WasCanceled = true, TimedOutAfter = null };
        }

        // A reboot after this is not the one of this attempt.
        record.Delete();
        return result with { Duration = options.Time.GetElapsedTime(start) };
    }
}
