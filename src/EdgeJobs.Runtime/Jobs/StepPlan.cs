namespace EdgeJobs.Runtime.Jobs;

/// <summary>One step of a job.</summary>
internal sealed record StepPlan
{
    /// <summary>The default of <see cref="SuccessExitCodes"/>.</summary>
    internal static readonly IReadOnlyList<int> ZeroAlone = [0];

    /// <summary>The name in the document; not empty.</summary>
    public required string Name { get; init; }

    /// <summary>What it runs.</summary>
    public required StepAction Action { get; init; }

    /// <summary>The local user that it runs as; null for the agent's user.</summary>
    public string? RunAsUser { get; init; }

    /// <summary>The maximum number of lines on stderr; null for any number.</summary>
    public int? AllowStdErr { get; init; }

    /// <summary>Whether the job continues after the step fails.</summary>
    public bool IgnoreFailure { get; init; }

    /// <summary>Whether it is the document's <c>finalStep</c>.</summary>
    public bool IsFinal { get; init; }

    /// <summary>
    /// The time-out of one attempt, 1 s to 7 days, by default that of the action; null for none. An attempt that takes longer is ended and
    /// has failed.
    /// </summary>
    public TimeSpan? Timeout { get => field ?? Action.DefaultTimeout; init; }

    /// <summary>The absolute working directory; null for the agent's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Additional environment variables, in the order of the document.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What the agent does at its start if the step was interrupted.</summary>
    public InterruptedStep OnInterruption { get; init; }

    /// <summary>The maximum number of attempts, 1 to 100.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The delay before a retry, 0 s to 1 day.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>The exit codes that mean success, 0 to 255; only 0 by default.</summary>
    public IReadOnlyList<int> SuccessExitCodes { get; init; } = ZeroAlone;

    /// <summary>Whether it also runs after an earlier step has failed, to clean up.</summary>
    public bool AlwaysRuns { get; init; }
}
