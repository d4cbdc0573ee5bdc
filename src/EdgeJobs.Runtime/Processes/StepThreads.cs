namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The threads that watch the processes of steps. One that is done waits a moment for the next step, so that a board with much to do does
/// not make one for each; an agent that rests has none.
/// </summary>
internal sealed class StepThreads
{
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Worker? _waiting;

    /// <summary>Watches a process in a thread of its own.</summary>
    public void Watch(StepProcess process)
    {
        Worker? worker;
        lock (_gate)
        {
            (worker, _waiting) = (_waiting, null);
        }

        if (worker is null)
        {
            worker = new Worker(this);
            worker.Give(process);
            new Thread(worker.Run, StackBytes) { IsBackground = true, Name = "step" }.Start();
        }
        else
        {
            worker.Give(process);
        }
    }

    private bool TryWait(Worker worker)
    {
        lock (_gate)
        {
            if (_waiting is not null)
            {
                return false;
            }

            _waiting = worker;
            return true;
        }
    }

    /// <summary>Nothing came. Whoever has taken the worker out meanwhile gives it something.</summary>
    private bool TryLeave(Worker worker)
    {
        lock (_gate)
        {
            if (_waiting != worker)
            {
                return false;
            }

            _waiting = null;
            return true;
        }
    }

    /// <summary>Waits on a monitor, which sleeps at once where a semaphore would spin for a while.</summary>
    private sealed class Worker(StepThreads threads)
    {
        private readonly object _gate = new();
        private StepProcess? _process;

        public void Give(StepProcess process)
        {
            lock (_gate)
            {
                _process = process;
                Monitor.Pulse(_gate);
            }
        }

        public void Run()
        {
            StepProcess? process = Take(Timeout.InfiniteTimeSpan);
            while (process is not null)
            {
                process.Watch();
                process = threads.TryWait(this) ? WaitForNext() : null;
            }
        }

        private StepProcess? WaitForNext()
        {
            StepProcess? next = Take(Patience);

            // When it was taken out at the last moment there is something to come.
            return next is null && !threads.TryLeave(this) ? Take(Timeout.InfiniteTimeSpan) : next;
        }

        private StepProcess? Take(TimeSpan patience)
        {
            lock (_gate)
            {
                while (_process is null && Monitor.Wait(_gate, patience))
                {
                }

                StepProcess? process = _process;
                _process = null;
                return process;
            }
        }
    }
}
