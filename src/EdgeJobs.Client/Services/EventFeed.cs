namespace EdgeJobs.Client;

/// <summary>
/// The received messages of one operation. Each enumeration subscribes if <see cref="SubscribeAsync"/> has not done so, survives
/// reconnects, and unsubscribes when it ends. It ends without an exception when the client is closed. Messages that can't be read are
/// logged and left out. Supports one reader.
/// </summary>
/// <typeparam name="TEvent">A message with the parameters of its topic.</typeparam>
public abstract class EventFeed<TEvent> : IAsyncEnumerable<TEvent>, IAsyncDisposable
{
    private protected EventFeed()
    {
    }

    /// <summary>The number of messages that were dropped because the consumer was too slow.</summary>
    public abstract long Dropped { get; }

    /// <summary>
    /// Subscribes now, so that the enumeration has every message that is sent from now on. While there is no connection the feed is
    /// subscribed to with the next one.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null, or why the server refused.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract ValueTask<ConnectFailure?> SubscribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Enumerates the messages; <c>WithCancellation</c> sets the token.</summary>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SubscriptionRefusedException">
    /// The server refused the subscription; <see cref="SubscribeAsync"/> returns this as a value.
    /// </exception>
    public abstract IAsyncEnumerator<TEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default);

    /// <summary>Unsubscribes, if no enumeration has done so.</summary>
    public abstract ValueTask DisposeAsync();
}
