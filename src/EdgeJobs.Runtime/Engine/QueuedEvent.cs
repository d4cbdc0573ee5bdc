using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Engine;

/// <summary>An event that waits for the state machine.</summary>
/// <param name="Event">The event.</param>
/// <param name="Receipt">Acknowledges the message that carried the event; does nothing if there was no message.</param>
internal readonly record struct QueuedEvent(JobEvent Event, MessageReceipt Receipt = default);
