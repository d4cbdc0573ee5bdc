using EdgeJobs.Client.Tasks;

namespace EdgeJobs.Client.Events;

/// <summary>
/// Queues events for one reader. It keeps only the newest notification, because each states the current head of the queue. It keeps the
/// newest <see cref="Capacity"/> changes of the connection and drops older ones; the newest states the current connection.
/// </summary>
/// <param name="continueInline">
/// Whether the reader's continuation runs on the thread that adds a notification. After a change of the connection it never does,
/// because the caller holds locks.
/// </param>
internal sealed class JobsEventQueue(bool continueInline)
{
    /// <summary>The maximum number of queued events.</summary>
    public const int Capacity = 64;

    /// <summary>The queue entry of the notification in <see cref="_latest"/>.</summary>
    private static readonly JobsEvent Placeholder = new JobsEvent.NextJobExecutionChanged(ReadOnlyMemory<byte>.Empty);

    private readonly Lock _gate = new();
    private readonly Queue<JobsEvent> _events = new();
    private readonly Waiter _waiter = new();
    private JobsEvent.NextJobExecutionChanged? _latest;
    private bool _isAwaited;
    private bool _isComplete;

    public void Add(JobsEvent change)
    {
        lock (_gate)
        {
            if (_events.Count >= Capacity && ReferenceEquals(_events.Dequeue(), Placeholder))
            {
                // A notification is never dropped: requeue it and drop the next event instead.
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

    /// <summary>The next event; null after <see cref="Complete"/>.</summary>
    public ValueTask<JobsEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (TryTake(out JobsEvent? next))
            {
                return ValueTask.FromResult(next);
            }

            _waiter.Reset();
            _isAwaited = true;
        }

        // Outside the lock: a token that is already cancelled calls back immediately.
        _waiter.Canceling = cancellationToken.UnsafeRegister(static (queue, token) => ((JobsEventQueue)queue!).OnCanceled(token), this);
        return _waiter.Task;
    }

    /// <summary>Delivers the next event to a waiting reader.</summary>
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

        _waiter.SetResult(next, inline);
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

        _waiter.SetException(new OperationCanceledException(token), inline: false);
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

    private sealed class Waiter : Completion<JobsEvent?>
    {
        public CancellationTokenRegistration Canceling { get; set; }

        protected override void OnAwaited() => Canceling.Unregister();
    }
}
