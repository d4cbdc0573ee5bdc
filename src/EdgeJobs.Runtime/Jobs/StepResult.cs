using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>How a step ended, and the end of what it wrote.</summary>
public sealed record StepResult
{
    /// <summary>How it ended.</summary>
    public required StepEnd End { get; init; }

    /// <summary>The exit code, 0 to 255, or the number of the signal; of a handler inside the agent 0 for success, 1 for failure; 0 when it was not started.</summary>
    public int Code { get; init; }

    /// <summary>Why it could not be started, or what a handler inside the agent says of its end; empty otherwise.</summary>
    public string Fault { get; init; } = string.Empty;

    /// <summary>What a handler inside the agent tells beside it.</summary>
    public ValueMap<string> Details { get; init; } = ValueMap<string>.Empty;

    /// <summary>Whether the agent asked it to end before it did.</summary>
    public bool WasCanceled { get; init; }

    /// <summary>The time that it was allowed, when it took longer and was ended for that; null otherwise.</summary>
    public TimeSpan? TimedOutAfter { get; init; }

    /// <summary>How long it ran, measured with a clock that does not jump; zero when it was not started.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The limit that ended it, in words, where that can be known; empty otherwise.</summary>
    public string Limit { get; init; } = string.Empty;

    /// <summary>How many of its processes could not be ended when it was asked to end; they still run.</summary>
    public int Survivors { get; init; }

    /// <summary>The last 1,024 characters of its stdout as <see cref="StatusText.Tail"/> makes them.</summary>
    public string StdOut { get; init; } = string.Empty;

    /// <summary>The last 1,024 characters of its stderr as <see cref="StatusText.Tail"/> makes them.</summary>
    public string StdErr { get; init; } = string.Empty;

    /// <summary>How many lines it wrote to stderr.</summary>
    public long StdErrLines { get; init; }

    /// <summary>A step that could not be started.</summary>
    public static StepResult NotStarted(string fault) => new() { End = StepEnd.NotStarted, Fault = fault };

    /// <summary>
    /// How it ended, in words: <c>exit code 2</c>, <c>ended by SIGKILL</c>, <c>timed out after 30 s (ended by SIGTERM)</c>, or
    /// why it did not start.
    /// </summary>
    public string Describe()
    {
        string end = End switch
        {
            StepEnd.Exited => Code == 0 ? "exit code 0" : $"exit code {Code}",
            StepEnd.Signaled => $"ended by {SignalName.Of(Code)}",
            StepEnd.Returned when Fault.Length == 0 => Code == 0 ? "success" : "failure",
            _ => Fault,
        };
        if (Limit.Length > 0)
        {
            end += $": {Limit}";
        }

        if (Survivors > 0)
        {
            end += $", but {Survivors} of its processes can't be killed";
        }

        return TimedOutAfter is { } limit ? $"timed out after {StatusText.Seconds(limit)} s ({end})" : end;
    }
}
