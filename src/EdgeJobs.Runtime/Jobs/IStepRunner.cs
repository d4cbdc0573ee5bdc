namespace EdgeJobs.Runtime.Jobs;

/// <summary>Runs the steps of jobs.</summary>
internal interface IStepRunner
{
    /// <summary>Runs one attempt at a step.</summary>
    /// <param name="step">The step and its job.</param>
    /// <param name="progress">Gets each progress report of the step, from any thread. The engine limits the rate of updates.</param>
    /// <param name="cancellationToken">Asks the step to end; the task completes when it has ended.</param>
    /// <returns>How the step ended. A failure of the step is a result, never an exception.</returns>
    ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken);
}
