using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>What a <see cref="JobsClient"/> tells without being asked.</summary>
public abstract record JobsEvent
{
    private JobsEvent()
    {
    }

    /// <summary>The connection stands and every subscription is granted: requests can be sent. Notifications sent meanwhile are lost, so ask.</summary>
    /// <param name="SessionPresent">Whether the server still had the session of an earlier connection.</param>
    public sealed record Connected(bool SessionPresent) : JobsEvent;

    /// <summary>The connection was lost; the client connects again by itself.</summary>
    /// <param name="Reason">One line for the operator.</param>
    public sealed record Disconnected(string Reason) : JobsEvent;

    /// <summary>The head of the thing's queue has changed.</summary>
    /// <param name="Payload">
    /// The message as it came, for <see cref="NextJobExecutionChangedEventView"/>. One that can't be read is delivered too: the head has changed.
    /// </param>
    public sealed record NextJobExecutionChanged(ReadOnlyMemory<byte> Payload) : JobsEvent
    {
        /// <summary>The new head; without execution when nothing is pending, or when the message can't be read. Made of the payload each time.</summary>
        public NextJobExecutionChangedEvent Message =>
            NextJobExecutionChangedEvent.TryRead(Payload, out NextJobExecutionChangedEvent? message, out _) ? message : new();

        /// <summary>What the message is acknowledged with, where the reader has undertaken that; otherwise it does nothing.</summary>
        public MessageReceipt Receipt { get; init; }
    }
}
