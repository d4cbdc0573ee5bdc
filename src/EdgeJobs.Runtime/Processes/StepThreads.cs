namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The threads that watch the processes of steps. A thread waits two seconds for the next step, so that a busy board does not start one
/// for each step, and an idle agent has none.
/// </summary>
internal sealed class StepThreads
{
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Worker? _waiting;

    /// <summary>Watches a process in its own thread.</summary>
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

    /// <returns>False when the worker was taken meanwhile: a process is on its way to it.</returns>
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

    /// <summary>Waits on a monitor, which sleeps at once: a semaphore spins first.</summary>
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
            StepProcess? next = Take(IdleTime);

            return next is null && !threads.TryLeave(this) ? Take(Timeout.InfiniteTimeSpan) : next;
        }

        private StepProcess? Take(TimeSpan wait)
        {
            lock (_gate)
            {
                while (_process is null && Monitor.Wait(_gate, wait))
                {
                }

                StepProcess? process = _process;
                _process = null;
                return process;
            }
        }
    }
}
