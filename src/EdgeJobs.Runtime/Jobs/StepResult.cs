using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>How a step ended, and the end of its output.</summary>
internal sealed record StepResult
{
    /// <summary>How it ended.</summary>
    public required StepEnd End { get; init; }

    /// <summary>
    /// The exit code, 0 to 255, or the signal number. For a handler inside the agent: 0 for success, 1 for failure. 0 if it was not
    /// started.
    /// </summary>
    public int Code { get; init; }

    /// <summary>
    /// Why it could not be started, the reason of a handler inside the agent, or what a rollback has undone; empty otherwise.
    /// </summary>
    public string Fault { get; init; } = string.Empty;

    /// <summary>Further status details of a handler inside the agent.</summary>
    public ValueMap<string> Details { get; init; } = ValueMap<string>.Empty;

    /// <summary>Whether the agent asked it to end before it did.</summary>
    public bool WasCanceled { get; init; }

    /// <summary>The time-out, if it ended the step; null otherwise.</summary>
    public TimeSpan? TimedOutAfter { get; init; }

    /// <summary>How long it ran, by the monotonic clock; zero if it was not started.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The resource limit that ended it, in words; empty if none did or it is unknown.</summary>
    public string Limit { get; init; } = string.Empty;

    /// <summary>How many of its processes could not be killed; they still run.</summary>
    public int Survivors { get; init; }

    /// <summary>The last 1,024 characters of its stdout, as of <see cref="StatusText.Tail"/>.</summary>
    public string StdOut { get; init; } = string.Empty;

    /// <summary>The last 1,024 characters of its stderr, as of <see cref="StatusText.Tail"/>.</summary>
    public string StdErr { get; init; } = string.Empty;

    /// <summary>How many lines it wrote to stderr.</summary>
    public long StdErrLines { get; init; }

    public static StepResult NotStarted(string fault) => new() { End = StepEnd.NotStarted, Fault = fault };

    /// <summary>How it ended, in words, with what it wrote to stderr.</summary>
    public string DescribeWithErrors() => StdErr.Length == 0 ? Describe() : $"{Describe()}: {StdErr}";

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
