namespace EdgeJobs.Runtime.Engine;

/// <summary>The result of an event.</summary>
/// <param name="State">The new state.</param>
/// <param name="Commands">The commands, in this order.</param>
internal readonly record struct Transition(JobState State, IReadOnlyList<JobCommand> Commands);
