using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace EdgeJobs.Runtime.Engine;

/// <summary>Turns completed requests and steps into events.</summary>
/// <param name="events">Receives the events; an unexpected exception completes it, so that the loop fails with that exception.</param>
/// <param name="ending">Cancelled when the loop ends.</param>
internal sealed class RequestCompletions(ChannelWriter<QueuedEvent> events, CancellationToken ending)
{
    private readonly Stack<Waiter> _free = new();

    public void Add(ValueTask<QueuedEvent> completion)
    {
        Waiter? waiter;
        lock (_free)
        {
            _free.TryPop(out waiter);
        }

        (waiter ?? new Waiter(this)).Wait(completion);
    }

    private void Forward(ref ConfiguredValueTaskAwaitable<QueuedEvent>.ConfiguredValueTaskAwaiter completion)
    {
        try
        {
            events.TryWrite(completion.GetResult());
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The loop ends; no event is needed.
        }
#pragma warning disable CA1031 // An unexpected exception ends the loop, which reports it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            events.TryComplete(e);
        }
    }

    /// <summary>Waits for a completion. Reused, so that a request allocates no task.</summary>
    private sealed class Waiter
    {
        private readonly RequestCompletions _owner;
        private readonly Action _done;
        private ConfiguredValueTaskAwaitable<QueuedEvent>.ConfiguredValueTaskAwaiter _completion;

        public Waiter(RequestCompletions owner)
        {
            _owner = owner;
            _done = OnDone;
        }

        public void Wait(ValueTask<QueuedEvent> completion)
        {
            _completion = completion.ConfigureAwait(false).GetAwaiter();
            if (_completion.IsCompleted)
            {
                OnDone();
            }
            else
            {
                _completion.UnsafeOnCompleted(_done);
            }
        }

        private void OnDone()
        {
            _owner.Forward(ref _completion);
            _completion = default;
            lock (_owner._free)
            {
                _owner._free.Push(this);
            }
        }
    }
}
