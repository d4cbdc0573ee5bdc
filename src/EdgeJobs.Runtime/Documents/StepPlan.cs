namespace EdgeJobs.Runtime.Documents;

/// <summary>One step of a job.</summary>
public sealed record StepPlan
{
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
}
