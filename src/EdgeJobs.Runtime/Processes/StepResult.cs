namespace EdgeJobs.Runtime.Processes;

/// <summary>How a step ended, and the end of what it wrote.</summary>
public sealed record StepResult
{
    /// <summary>How it ended.</summary>
    public required StepEnd End { get; init; }

    /// <summary>The exit code, 0 to 255, or the number of the signal; 0 when it was not started.</summary>
    public int Code { get; init; }

    /// <summary>Why it could not be started: what, and how to mend it; empty otherwise.</summary>
    public string Fault { get; init; } = string.Empty;

    /// <summary>Whether the agent asked it to end before it did.</summary>
    public bool WasCanceled { get; init; }

    /// <summary>The last 1,024 characters of its stdout as <see cref="StatusText.Tail"/> makes them.</summary>
    public string StdOut { get; init; } = string.Empty;

    /// <summary>The last 1,024 characters of its stderr as <see cref="StatusText.Tail"/> makes them.</summary>
    public string StdErr { get; init; } = string.Empty;

    /// <summary>How many lines it wrote to stderr.</summary>
    public long StdErrLines { get; init; }

    /// <summary>A step that could not be started.</summary>
    public static StepResult NotStarted(string fault) => new() { End = StepEnd.NotStarted, Fault = fault };

    /// <summary>How it ended, in words: <c>exit code 2</c>, <c>ended by SIGKILL</c>, or why it did not start.</summary>
    public string Describe() => End switch
    {
        StepEnd.Exited => $"exit code {Code}",
        StepEnd.Signaled => $"ended by {SignalName.Of(Code)}",
        _ => Fault,
    };
}
