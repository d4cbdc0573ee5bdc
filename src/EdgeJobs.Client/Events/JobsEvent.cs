using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>An event that a <see cref="JobsClient"/> reports: a change of the connection or a notification.</summary>
public abstract record JobsEvent
{
    private JobsEvent()
    {
    }

    /// <summary>
    /// The client is connected and every subscription is granted: requests can be sent. Notifications sent during the interruption are
    /// lost, so query the pending jobs.
    /// </summary>
    /// <param name="SessionPresent">Whether the server still had the session of an earlier connection.</param>
    public sealed record Connected(bool SessionPresent) : JobsEvent;

    /// <summary>The connection was lost; the client reconnects automatically.</summary>
    /// <param name="Reason">One line for the operator.</param>
    public sealed record Disconnected(string Reason) : JobsEvent;

    /// <summary>The head of the thing's queue has changed.</summary>
    /// <param name="Payload">
    /// The received message, for <see cref="NextJobExecutionChangedEventView"/>. A message that can't be read is delivered too, because the
    /// head has changed.
    /// </param>
    public sealed record NextJobExecutionChanged(ReadOnlyMemory<byte> Payload) : JobsEvent
    {
        /// <summary>
        /// The new head; without an execution if nothing is pending or the message can't be read. Each call decodes the payload.
        /// </summary>
        public NextJobExecutionChangedEvent Message =>
            NextJobExecutionChangedEvent.TryRead(Payload, out NextJobExecutionChangedEvent? message, out _) ? message : new();

        /// <summary>
        /// Acknowledges the message if <see cref="JobsClientOptions.AcknowledgesManually"/> is set; otherwise does nothing.
        /// </summary>
        public MessageReceipt Receipt { get; init; }
    }
}
