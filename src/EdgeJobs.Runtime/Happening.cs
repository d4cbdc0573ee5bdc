using EdgeJobs.Client;
using EdgeJobs.Runtime.StateMachine;

namespace EdgeJobs.Runtime;

/// <summary>An event on its way to the state machine.</summary>
/// <param name="Event">The event.</param>
/// <param name="Receipt">What the message that brought it is acknowledged with; of an event that no message brought it does nothing.</param>
internal readonly record struct Happening(JobEvent Event, MessageReceipt Receipt = default);
