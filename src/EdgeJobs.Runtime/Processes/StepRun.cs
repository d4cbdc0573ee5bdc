namespace EdgeJobs.Runtime.Processes;

/// <summary>What watching the process of one step needs to know of the step.</summary>
/// <param name="Time">The clock, monotonic, of its time-out and its duration.</param>
/// <param name="Timeout">How long it may take before it is ended; null for any time.</param>
internal sealed record StepRun(TimeProvider Time, TimeSpan? Timeout);
