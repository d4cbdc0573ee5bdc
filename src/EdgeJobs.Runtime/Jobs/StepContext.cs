

namespace EdgeJobs.Runtime.Jobs;

/// <summary>A step to be run, and the job execution that it is part of.</summary>
/// <param name="ThingName">The thing.</param>
/// <param name="JobId">The job.</param>
/// <param name="ExecutionNumber">Which run of the job on this thing.</param>
/// <param name="Number">The place of the step in its job, from 1.</param>
/// <param name="Count">How many steps the job has.</param>
/// <param name="Step">The step.</param>
/// <param name="Attempt">Which attempt at it this is, from 1; one that was interrupted counts.</param>
public sealed record StepContext(string ThingName, string JobId, long ExecutionNumber, int Number, int Count, StepPlan Step, int Attempt = 1);
