using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Engine;

/// <summary>An event on its way to the state machine.</summary>
/// <param name="Event">The event.</param>
/// <param name="Receipt">What the message that brought it is acknowledged with; of an event that no message brought it does nothing.</param>
internal readonly record struct QueuedEvent(JobEvent Event, MessageReceipt Receipt = default);
