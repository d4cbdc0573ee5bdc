using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>
/// Holds events until they are read. A notification tells the head of the queue, so only the newest counts: however fast they
/// come, one waits at most. Of the changes of the connection the newest <see cref="Capacity"/> wait; when nobody reads, older
/// ones are forgotten, which loses nothing: the last one says how the connection is.
/// </summary>
internal sealed class JobsEventQueue
{
    /// <summary>How many events wait at most.</summary>
    public const int Capacity = 64;

    /// <summary>Stands in the channel for the notification in <see cref="_latest"/>.</summary>
    private static readonly JobsEvent Placeholder = new JobsEvent.NextJobExecutionChanged(new NextJobExecutionChangedEvent());

    private readonly Channel<JobsEvent> _channel;
    private JobsEvent.NextJobExecutionChanged? _latest;

    public JobsEventQueue() => _channel = Channel.CreateBounded<JobsEvent>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        KeepNotification);

    public void Add(JobsEvent change) => _channel.Writer.TryWrite(change);

    public void AddNotification(NextJobExecutionChangedEvent message, MessageReceipt receipt)
    {
        if (Interlocked.Exchange(ref _latest, new JobsEvent.NextJobExecutionChanged(message) { Receipt = receipt }) is { } older)
        {
            older.Receipt.Acknowledge();
        }
        else
        {
            _channel.Writer.TryWrite(Placeholder);
        }
    }

    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>The next event, or null when there will be none.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<JobsEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (await _channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_channel.Reader.TryRead(out JobsEvent? next))
            {
                return ReferenceEquals(next, Placeholder) ? Interlocked.Exchange(ref _latest, null) : next;
            }
        }

        return null;
    }

    /// <summary>Puts a notification that was pushed out in again, behind the others.</summary>
    private void KeepNotification(JobsEvent dropped)
    {
        if (ReferenceEquals(dropped, Placeholder))
        {
            _channel.Writer.TryWrite(Placeholder);
        }
    }
}
