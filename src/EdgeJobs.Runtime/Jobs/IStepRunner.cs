

namespace EdgeJobs.Runtime.Jobs;

/// <summary>Runs the steps of jobs.</summary>
public interface IStepRunner
{
    /// <summary>Runs one attempt at a step to its end.</summary>
    /// <param name="step">The step and the job that it is part of.</param>
    /// <param name="progress">Is told how far the step has come, from any thread, as often as the step says so: what is told to the service is thinned out behind it.</param>
    /// <param name="cancellationToken">Asks the step to end; the task completes when it has.</param>
    /// <returns>How it ended. Whatever happens to the step is a result, never an exception.</returns>
    ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken);
}
