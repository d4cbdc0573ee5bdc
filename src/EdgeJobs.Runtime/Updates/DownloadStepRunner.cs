using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Runs the steps that download a file, and passes all others to another runner.</summary>
/// <param name="others">Runs all other steps.</param>
/// <param name="options">The options.</param>
internal sealed class DownloadStepRunner(IStepRunner others, DownloadOptions options) : IStepRunner
{
    /// <inheritdoc/>
    public ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken) =>
        step.Step.Action is StepAction.Download
            ? new ValueTask<StepResult>(DownloadAsync(step, progress, cancellationToken))
            : others.RunAsync(step, progress, cancellationToken);

    /// <summary>Removes what a download left that will not continue. Call it when no job is under way.</summary>
    public void DiscardLeftover()
    {
        if (ResumeRecord.Read(options.DataDirectory) is { } record)
        {
            Download.DiscardLeftover(options, record);
        }
    }

    private Task<StepResult> DownloadAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken) =>
        options.Policy?.Check(step.Step, null, Libc.EffectiveUser()) is { } denied
            ? Task.FromResult(StepResult.NotStarted(denied))
            : AgentWork.RunAsync(
                options.Time,
                step.Step,
                "the file is not complete",
                async token =>
                {
                    await Download.RunAsync(options, step, progress, token).ConfigureAwait(false);
                    return "";
                },
                cancellationToken);
}
