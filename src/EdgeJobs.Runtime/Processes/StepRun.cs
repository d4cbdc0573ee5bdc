namespace EdgeJobs.Runtime.Processes;

/// <summary>What watching the process of one step needs to know of the step.</summary>
internal sealed record StepRun
{
    /// <summary>The clock, monotonic, of its time-out and its duration.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>How long it may take before it is ended; null for any time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Its processes.</summary>
    public required StepFamily Family { get; init; }

    /// <summary>Takes what it says of its progress; null to take nothing.</summary>
    public ProgressReader? Progress { get; init; }

    /// <summary>What it may use.</summary>
    public StepLimits Limits { get; init; } = new();

    /// <summary>Where its output is kept; null to keep the end alone.</summary>
    public StepArchive? Archive { get; init; }
}
