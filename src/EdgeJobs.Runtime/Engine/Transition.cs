namespace EdgeJobs.Runtime.Engine;

/// <summary>What an event leads to.</summary>
/// <param name="State">The state from now on.</param>
/// <param name="Commands">What is to be done, in this order.</param>
internal readonly record struct Transition(JobState State, IReadOnlyList<JobCommand> Commands);
