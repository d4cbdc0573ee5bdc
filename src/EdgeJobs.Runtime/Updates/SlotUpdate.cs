namespace EdgeJobs.Runtime.Updates;

/// <summary>An update of the agent that a step has prepared, until its step has ended.</summary>
/// <param name="Version">The version to try.</param>
/// <param name="JobId">The job of the step.</param>
/// <param name="ExecutionNumber">The execution of the job.</param>
/// <param name="Step">The number of the step, from 1.</param>
/// <param name="ConfirmSeconds">How long it may take until the new version has reported to the service.</param>
internal sealed record SlotUpdate(string Version, string JobId, long ExecutionNumber, int Step, int ConfirmSeconds)
{
    public SlotPhase Phase { get; init; }

    /// <summary>Why it has failed; empty if it has not.</summary>
    public string Reason { get; init; } = string.Empty;

    public SlotUpdate Fail(string reason) => this with { Phase = SlotPhase.Failed, Reason = reason };
}
