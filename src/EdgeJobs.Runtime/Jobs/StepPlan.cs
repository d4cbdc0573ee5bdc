namespace EdgeJobs.Runtime.Jobs;

/// <summary>One step of a job.</summary>
public sealed record StepPlan
{
    /// <summary>The exit codes that mean success unless the document says otherwise.</summary>
    internal static readonly IReadOnlyList<int> ZeroAlone = [0];

    /// <summary>The name that the document gives it; not empty.</summary>
    public required string Name { get; init; }

    /// <summary>What it runs.</summary>
    public required StepAction Action { get; init; }

    /// <summary>The local user that it is for, or null for the agent's own.</summary>
    public string? RunAsUser { get; init; }

    /// <summary>How many lines on stderr are tolerated, 0 or more; null for any number.</summary>
    public int? AllowStdErr { get; init; }

    /// <summary>Whether the job goes on when the step fails.</summary>
    public bool IgnoreFailure { get; init; }

    /// <summary>Whether it is the document's <c>finalStep</c>.</summary>
    public bool IsFinal { get; init; }

    /// <summary>How long one attempt at it may take, 1 s to 7 days; null for any time. An attempt that takes longer is ended and has failed.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The directory in which it begins, absolute; null for the agent's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What its environment holds beside that of every step, in the order of the document.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What becomes of it when the agent finds at its start that it was interrupted.</summary>
    public InterruptedStep OnInterruption { get; init; }

    /// <summary>How often it is tried, 1 to 100.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>How long to wait before it is tried again, 0 s to 1 day.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>The exit codes that mean success, 0 to 255; 0 alone unless the document says otherwise.</summary>
    public IReadOnlyList<int> SuccessExitCodes { get; init; } = ZeroAlone;

    /// <summary>Whether it runs also when a step before it has failed, to clean up.</summary>
    public bool AlwaysRuns { get; init; }
}
