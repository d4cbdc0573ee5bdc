using EdgeJobs.Client.Tasks;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Output;
using static EdgeJobs.Runtime.Processes.StepPipes;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The running process of a step, and the thread that watches it. The thread polls all pipes, the exit and the cancellation at once, so
/// that no order of output can block the process.
/// </summary>
internal sealed unsafe class StepProcess
{
    private const int MaxLastReads = 64;
    private const int KillPollMilliseconds = 10;
    private const string StatusLost = "its exit code is lost: something in the agent's process ignores SIGCHLD or waits for all children";

    private readonly StepProcessLimits _limits;
    private readonly Completion<StepResult> _completion = new();
    private OutputTail? _out;
    private OutputTail? _err;
    private readonly WakeDescriptor _wake = new();
    private LaunchReport? _launch;
    private ProgressReader? _progress;
    private readonly StepRun _run;
    private readonly long _started;
    private readonly ITimer? _timer;
    private ChildProcess _child = null!;
    private volatile bool _cancelRequested;
    private volatile bool _timeIsUp;
    private bool _canceled;
    private bool _timedOut;
    private bool _killed;
    private int _survivors;
    private long _killAt = long.MaxValue;

    private StepProcess(StepProcessLimits limits, StepRun run)
    {
        _limits = limits;
        _run = run;
        _started = run.Time.GetTimestamp();
        _timer = run.Step.Step.Timeout is { } timeout
            ? run.Time.CreateTimer(static p => ((StepProcess)p!).TimeIsUp(), this, timeout, Timeout.InfiniteTimeSpan)
            : null;
    }

    private bool IsEnding => _canceled || _timedOut;

    /// <summary>
    /// Completes when the process has ended and its output is read, in the thread that watched it. Never fails. Await it once.
    /// </summary>
    public ValueTask<StepResult> Ended => _completion.Task;

    public StepRun Run => _run;

    /// <summary>Whether the launcher did not start; known when the process has ended.</summary>
    public bool LauncherIsMissing => _launch is { HasStarted: false } && !IsEnding;

    /// <returns>The process, or null with the error of <see cref="ChildProcess.Start"/>.</returns>
    public static StepProcess? Start(ProcessStart start, StepProcessLimits limits, StepRun run, out int error)
    {
        StepProcess process = new(limits, run);
        if (ChildProcess.Start(start, limits.UseNativeSpawn, out error) is not { } child)
        {
            process._timer?.Dispose();
            process._wake.Close();
            return null;
        }

        process._child = child;
        process._launch = start.Launch is null ? null : new LaunchReport();
        run.Processes.Begin(child.Id);
        limits.Threads.Watch(process);
        return process;
    }

    /// <summary>Sends SIGTERM, and SIGKILL after the grace period. May be called at any time and repeatedly.</summary>
    public void Cancel()
    {
        _cancelRequested = true;
        _wake.Set();
    }

    public CancellationTokenRegistration CancelBy(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static process => ((StepProcess)process!).Cancel(), this);

    private void TimeIsUp()
    {
        _timeIsUp = true;
        _wake.Set();
    }

    /// <summary>Watches the process until it ends, and then its pipes while other processes keep them open. Blocks the thread.</summary>
    public void Watch()
    {
        byte* buffer = stackalloc byte[ReadBytes];
        Libc.PollEntry* entries = stackalloc Libc.PollEntry[Entries];
        using (ExitWatch exit = new(_child.Id, _limits.UsePidfd))
        {
            entries[OutEntry] = new Libc.PollEntry { Descriptor = _child.StdOut, Events = Libc.PollIn };
            entries[ErrEntry] = new Libc.PollEntry { Descriptor = _child.StdErr, Events = Libc.PollIn };
            entries[ProgressEntry] = new Libc.PollEntry { Descriptor = _child.Progress, Events = Libc.PollIn };
            entries[FaultEntry] = new Libc.PollEntry { Descriptor = _child.Fault, Events = Libc.PollIn };
            entries[ExitEntry] = new Libc.PollEntry { Descriptor = exit.Descriptor, Events = Libc.PollIn };
            entries[WakeEntry] = new Libc.PollEntry { Descriptor = _wake.Descriptor, Events = Libc.PollIn };
            RunToEnd(entries, buffer);
            ReadLastProgress(entries, buffer);
        }

        TimeSpan duration = _run.Time.GetElapsedTime(_started);
        if (IsEnding)
        {
            KillAll();
        }

        bool outOfMemory = _run.Limits.MemoryBytes > 0 && _run.Processes.RanOutOfMemory;
        _run.Processes.Leave();
        int? status = _child.Reap();
        _timer?.Dispose();
        _wake.Close();
        _completion.SetResult(Result(status, duration, outOfMemory), inline: true);
        Linger(entries, buffer);
    }

    /// <summary>
    /// Reads until the process has ended and its pipes are closed; for a short time only, if another process keeps them open.
    /// </summary>
    private void RunToEnd(Libc.PollEntry* entries, byte* buffer)
    {
        long drainUntil = long.MaxValue;
        while (true)
        {
            bool exited = entries[ExitEntry].Descriptor < 0;
            bool drained = !IsAnyOpen(entries);
            long now = Environment.TickCount64;
            if (exited && IsEnding && !_killed && (drained || now >= _killAt))
            {
                // The leader has ended, and the grace period of the processes that it left is over.
                Kill();
                drainUntil = now + _limits.DrainMilliseconds;
            }

            if (exited && (drained || now >= drainUntil) && (!IsEnding || _killed))
            {
                return;
            }

            if (IsEnding && !_killed && now >= _killAt)
            {
                Kill();
            }

            Poll(entries, WaitTime(now, exited));
            ReadAll(entries, buffer);
            if (entries[ExitEntry].Returned != 0)
            {
                entries[ExitEntry].Descriptor = -1;
                entries[ExitEntry].Returned = 0;
                drainUntil = Environment.TickCount64 + _limits.DrainMilliseconds;
            }

            if (entries[WakeEntry].Returned != 0)
            {
                entries[WakeEntry].Returned = 0;
                _wake.Reset();
                OnWake(entries[ExitEntry].Descriptor < 0);
            }
        }

        int WaitTime(long now, bool exited)
        {
            long until = exited && (!IsEnding || _killed) ? drainUntil : long.MaxValue;
            if (IsEnding && !_killed)
            {
                until = Math.Min(until, _killAt);
            }

            return until == long.MaxValue ? -1 : (int)Math.Clamp(until - now, 0, int.MaxValue);
        }
    }

    /// <summary>
    /// Reads and discards the output of processes that the step left behind: closing the pipe would end them with SIGPIPE at their next
    /// line. The number of such steps is limited.
    /// </summary>
    private void Linger(Libc.PollEntry* entries, byte* buffer)
    {
        if (_limits.TryBeginLingering())
        {
            while (IsAnyOpen(entries))
            {
                Poll(entries, -1, Pipes);
                for (int i = 0; i < Pipes; i++)
                {
                    _ = Read(ref entries[i], buffer);
                }
            }

            _limits.EndLingering();
        }

        for (int i = 0; i < Pipes; i++)
        {
            CloseEntry(ref entries[i]);
        }
    }

    /// <summary>The last progress of the process can be more than one read.</summary>
    private void ReadLastProgress(Libc.PollEntry* entries, byte* buffer)
    {
        for (int i = 0; i < MaxLastReads && entries[ProgressEntry].Descriptor >= 0; i++)
        {
            entries[ProgressEntry].Returned = 0;
            if (Libc.Poll(&entries[ProgressEntry], 1, 0) <= 0)
            {
                break;
            }

            TakeProgress(Read(ref entries[ProgressEntry], buffer));
        }

        _progress?.End();
    }

    private void ReadAll(Libc.PollEntry* entries, byte* buffer)
    {
        ReadOnlySpan<byte> output = Read(ref entries[OutEntry], buffer);
        if (!output.IsEmpty)
        {
            (_out ??= new OutputTail()).Append(output);
            _run.Archive?.AppendOut(output);
        }

        output = Read(ref entries[ErrEntry], buffer);
        if (!output.IsEmpty)
        {
            (_err ??= new OutputTail()).Append(output);
            _run.Archive?.AppendErr(output);
        }

        output = Read(ref entries[FaultEntry], buffer);
        _launch?.Append(output);
        TakeProgress(Read(ref entries[ProgressEntry], buffer));
    }

    private void TakeProgress(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty && _run.Progress is { } progress)
        {
            (_progress ??= _run.ReadProgress(progress)).Append(bytes);
        }
    }

    private void OnWake(bool exited)
    {
        bool wasEnding = IsEnding;
        _canceled |= _cancelRequested;

        // A process that has exited has not timed out, even when its output is not yet read.
        _timedOut |= _timeIsUp && !_canceled && !exited;
        if (IsEnding && !wasEnding)
        {
            _killAt = Environment.TickCount64 + _limits.GraceMilliseconds;
            _run.Processes.Signal(Libc.SigTerm);
        }
    }

    private void Kill()
    {
        _killed = true;
        _ = _run.Processes.Kill();
    }

    /// <summary>Kills until no process of the step is left.</summary>
    private void KillAll()
    {
        long until = Environment.TickCount64 + _limits.KillMilliseconds;
        while ((_survivors = _run.Processes.Kill()) > 0 && Environment.TickCount64 < until)
        {
            _ = Libc.Poll(null, 0, KillPollMilliseconds);
        }
    }

    private StepResult Result(int? reaped, TimeSpan duration, bool outOfMemory)
    {
        if (_launch is { Fault: { } fault } && !(IsEnding && !_launch.HasStarted))
        {
            return StepResult.NotStarted(fault);
        }

        int status = reaped ?? 0;
        int signal = status & 0x7F;
        StepEnd end = reaped is null ? StepEnd.NotStarted : signal == 0 ? StepEnd.Exited : StepEnd.Signaled;
        int code = signal == 0 ? (status >> 8) & 0xFF : signal;
        return new StepResult
        {
            End = end,
            Code = code,
            Fault = reaped is null ? StatusLost : string.Empty,
            Limit = _run.Limits.Explain(end, code, outOfMemory),
            WasCanceled = _canceled,
            TimedOutAfter = _timedOut ? _run.Step.Step.Timeout : null,
            Duration = duration,
            Survivors = _survivors,
            StdOut = _out?.ToText() ?? string.Empty,
            StdErr = _err?.ToText() ?? string.Empty,
            StdErrLines = _err?.Lines ?? 0,
        };
    }
}
