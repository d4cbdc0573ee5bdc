using System.Threading.Channels;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>
/// Holds events until they are read. A notification tells the head of the queue, so only the newest counts: however fast they
/// come, one waits at most. Changes of the connection are all kept; the backoff bounds how fast they come.
/// </summary>
internal sealed class JobsEventQueue
{
    /// <summary>Stands in the channel for the notification in <see cref="_latest"/>.</summary>
    private static readonly JobsEvent Placeholder = new JobsEvent.NextJobExecutionChanged(new NextJobExecutionChangedEvent());

    private readonly Channel<JobsEvent> _channel = Channel.CreateUnbounded<JobsEvent>(new UnboundedChannelOptions { SingleReader = true });
    private JobsEvent? _latest;

    public void Add(JobsEvent change) => _channel.Writer.TryWrite(change);

    public void AddNotification(NextJobExecutionChangedEvent message)
    {
        if (Interlocked.Exchange(ref _latest, new JobsEvent.NextJobExecutionChanged(message)) is null)
        {
            _channel.Writer.TryWrite(Placeholder);
        }
    }

    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>The next event, or null when there will be none.</summary>
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
}
