namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The threads that watch the processes of steps. One that is done waits a moment for the next step, so that a board with much to do does not
/// make one for each; an agent that rests has none.
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

    private sealed class Worker(StepThreads threads) : IDisposable
    {
        private readonly SemaphoreSlim _given = new(0);
        private StepProcess? _process;

        public void Give(StepProcess process)
        {
            _process = process;
            _given.Release();
        }

        public void Run()
        {
            _given.Wait();
            do
            {
                StepProcess process = _process!;
                _process = null;
                process.Watch();
            }
            while (TryWaitForNext());
            Dispose();
        }

        public void Dispose() => _given.Dispose();

        private bool TryWaitForNext()
        {
            if (!threads.TryWait(this))
            {
                return false;
            }

            if (!_given.Wait(Patience))
            {
                if (threads.TryLeave(this))
                {
                    return false;
                }

                // Taken out at the last moment: there is something to come.
                _given.Wait();
            }

            return true;
        }
    }
}
