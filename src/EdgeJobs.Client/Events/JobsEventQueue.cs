using System.Threading.Tasks.Sources;

namespace EdgeJobs.Client.Events;

/// <summary>
/// Holds events until they are read. A notification tells the head of the queue, so only the newest counts: however fast they
/// come, one waits at most. Of the changes of the connection the newest <see cref="Capacity"/> wait; when nobody reads, older
/// ones are forgotten, which loses nothing: the last one says how the connection is. For one reader.
/// </summary>
/// <param name="continueInline">Whether who waits for an event goes on in the thread that brings a notification; with a change of the connection never, as locks are held then.</param>
internal sealed class JobsEventQueue(bool continueInline) : IValueTaskSource<JobsEvent?>
{
    /// <summary>How many events wait at most.</summary>
    public const int Capacity = 64;

    /// <summary>Stands in the queue for the notification in <see cref="_latest"/>.</summary>
    private static readonly JobsEvent Placeholder = new JobsEvent.NextJobExecutionChanged(ReadOnlyMemory<byte>.Empty);

    private readonly Lock _gate = new();
    private readonly Queue<JobsEvent> _events = new();
    private ManualResetValueTaskSourceCore<JobsEvent?> _wait;
    private CancellationTokenRegistration _canceling;
    private JobsEvent.NextJobExecutionChanged? _latest;
    private bool _isAwaited;
    private bool _isComplete;

    public void Add(JobsEvent change)
    {
        lock (_gate)
        {
            if (_events.Count >= Capacity && ReferenceEquals(_events.Dequeue(), Placeholder))
            {
                // A notification is not forgotten: it goes to the end instead, and the next one makes room.
                _events.Dequeue();
                _events.Enqueue(Placeholder);
            }

            _events.Enqueue(change);
        }

        Deliver(inline: false);
    }

    public void AddNotification(ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        JobsEvent.NextJobExecutionChanged? older;
        lock (_gate)
        {
            (older, _latest) = (_latest, new JobsEvent.NextJobExecutionChanged(payload) { Receipt = receipt });
            if (older is null)
            {
                _events.Enqueue(Placeholder);
            }
        }

        older?.Receipt.Acknowledge();
        Deliver(continueInline);
    }

    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
        }

        Deliver(inline: false);
    }

    /// <summary>The next event, or null when there will be none.</summary>
    public ValueTask<JobsEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (TryTake(out JobsEvent? next))
            {
                return ValueTask.FromResult(next);
            }

            _wait.Reset();
            _isAwaited = true;
        }

        // Outside of the lock: a token that is cancelled already calls back at once.
        _canceling = cancellationToken.UnsafeRegister(static (queue, token) => ((JobsEventQueue)queue!).OnCanceled(token), this);
        return new ValueTask<JobsEvent?>(this, _wait.Version);
    }

    JobsEvent? IValueTaskSource<JobsEvent?>.GetResult(short token)
    {
        _canceling.Unregister();
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<JobsEvent?>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<JobsEvent?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    /// <summary>Gives the reader that waits what there is.</summary>
    private void Deliver(bool inline)
    {
        JobsEvent? next;
        lock (_gate)
        {
            if (!_isAwaited || !TryTake(out next))
            {
                return;
            }

            _isAwaited = false;
        }

        _wait.RunContinuationsAsynchronously = !inline;
        _wait.SetResult(next);
    }

    private void OnCanceled(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                return;
            }

            _isAwaited = false;
        }

        _wait.RunContinuationsAsynchronously = true;
        _wait.SetException(new OperationCanceledException(token));
    }

    private bool TryTake(out JobsEvent? next)
    {
        if (!_events.TryDequeue(out next))
        {
            return _isComplete;
        }

        if (ReferenceEquals(next, Placeholder))
        {
            (next, _latest) = (_latest, null);
        }

        return true;
    }
}
