using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace EdgeJobs.Runtime.Engine;

/// <summary>Brings what commands lead to back as events.</summary>
/// <param name="events">Takes them; it is completed with a fault of the program, which nobody would see otherwise.</param>
/// <param name="ending">Cancelled when the loop ends.</param>
internal sealed class RequestCompletions(ChannelWriter<QueuedEvent> events, CancellationToken ending)
{
    private readonly Stack<Waiter> _free = new();

    /// <summary>Waits for what a command leads to.</summary>
    public void Add(ValueTask<QueuedEvent> answer)
    {
        Waiter? waiter;
        lock (_free)
        {
            _free.TryPop(out waiter);
        }

        (waiter ?? new Waiter(this)).Wait(answer);
    }

    private void Take(ref ConfiguredValueTaskAwaitable<QueuedEvent>.ConfiguredValueTaskAwaiter answer)
    {
        try
        {
            events.TryWrite(answer.GetResult());
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The loop ends; nobody waits for the answer.
        }
#pragma warning disable CA1031 // A fault of the program ends the loop, where it is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            events.TryComplete(e);
        }
    }

    /// <summary>Waits for one answer after the other, so that none needs a task of its own.</summary>
    private sealed class Waiter
    {
        private readonly RequestCompletions _answers;
        private readonly Action _done;
        private ConfiguredValueTaskAwaitable<QueuedEvent>.ConfiguredValueTaskAwaiter _answer;

        public Waiter(RequestCompletions answers)
        {
            _answers = answers;
            _done = OnDone;
        }

        public void Wait(ValueTask<QueuedEvent> answer)
        {
            _answer = answer.ConfigureAwait(false).GetAwaiter();
            if (_answer.IsCompleted)
            {
                OnDone();
            }
            else
            {
                _answer.UnsafeOnCompleted(_done);
            }
        }

        private void OnDone()
        {
            _answers.Take(ref _answer);
            _answer = default;
            lock (_answers._free)
            {
                _answers._free.Push(this);
            }
        }
    }
}
