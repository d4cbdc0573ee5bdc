using System.Threading.Channels;
using EdgeJobs.Client.Logging;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Services;

/// <summary>An event feed: a bounded queue of received messages, which are decoded when they are read.</summary>
/// <param name="client">The client.</param>
/// <param name="operation">The operation.</param>
/// <param name="filter">The topics.</param>
/// <param name="create">Creates the event.</param>
internal sealed class EventQueue<TMessage, TEvent>(
    ServiceClient client, EventOperation<TMessage> operation, string filter, Func<ReceivedEvent<TMessage>, TEvent> create)
    : EventFeed<TEvent>, IEventListener
    where TMessage : class, IMessage<TMessage>
{
    private readonly LogThrottle _notRead = new(client.Options.Time);
    private readonly LogThrottle _full = new(client.Options.Time);
    private Channel<Item>? _queue;
    private long _dropped;

    public int Channel => operation.Channel;

    public string Filter => filter;

    public override long Dropped => Interlocked.Read(ref _dropped);

    public override async ValueTask<ConnectFailure?> SubscribeAsync(CancellationToken cancellationToken = default)
    {
        Channel<Item> queue = NewQueue();
        if (Interlocked.CompareExchange(ref _queue, queue, null) is not null)
        {
            return null;
        }

        bool isAdded = false;
        try
        {
            client.Add(this);
            ConnectFailure? failure = await client.Connection.Subscriptions.AddAsync(filter, cancellationToken).ConfigureAwait(false);
            isAdded = failure is null;
            return failure;
        }
        finally
        {
            if (!isAdded)
            {
                client.Remove(this);
                _queue = null;
                Complete(queue);
            }
        }
    }

    public override async IAsyncEnumerator<TEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (await SubscribeAsync(cancellationToken).ConfigureAwait(false) is { } failure)
        {
            throw new SubscriptionRefusedException(failure);
        }

        try
        {
            ChannelReader<Item> reader = _queue!.Reader;
            while (await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (reader.TryRead(out Item item))
                {
                    if (TMessage.TryRead(item.Payload, item.Properties, out TMessage? message, out CodecError error))
                    {
                        yield return create(new ReceivedEvent<TMessage>(item.Topic, message, item.Properties, item.Receipt));
                    }
                    else
                    {
                        item.Receipt.Acknowledge();
                        if (_notRead.TryPass(out string more))
                        {
                            ServiceLog.EventLeftOut(client.Options.Logger, item.Topic, error.ToString(), more);
                        }
                    }
                }
            }
        }
        finally
        {
            Close();
        }
    }

    public override ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    public void Take(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        if (_queue?.Writer.TryWrite(new Item(topic, payload, properties, receipt)) != true)
        {
            receipt.Acknowledge();
        }
    }

    public void Complete() => _queue?.Writer.TryComplete();

    private void Close()
    {
        if (Interlocked.Exchange(ref _queue, null) is { } queue)
        {
            client.Remove(this);
            client.Connection.Subscriptions.Remove(filter);
            Complete(queue);
        }
    }

    /// <summary>Acknowledges what nobody will read, so that it does not count against the limit of unacknowledged messages.</summary>
    private static void Complete(Channel<Item> queue)
    {
        queue.Writer.TryComplete();
        while (queue.Reader.TryRead(out Item item))
        {
            item.Receipt.Acknowledge();
        }
    }

    private Channel<Item> NewQueue() => System.Threading.Channels.Channel.CreateBounded<Item>(
        new BoundedChannelOptions(client.Options.EventCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        OnDropped);

    private void OnDropped(Item item)
    {
        item.Receipt.Acknowledge();
        Interlocked.Increment(ref _dropped);
        if (_full.TryPass(out string more))
        {
            ServiceLog.EventDropped(client.Options.Logger, item.Topic, client.Options.EventCapacity, more);
        }
    }

    private readonly record struct Item(
        string Topic, ReadOnlyMemory<byte> Payload, MessageProperties Properties, MessageReceipt Receipt);
}
