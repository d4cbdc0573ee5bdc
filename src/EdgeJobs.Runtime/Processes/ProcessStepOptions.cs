namespace EdgeJobs.Runtime.Processes;

/// <summary>How steps are run as processes.</summary>
public sealed record ProcessStepOptions
{
    /// <summary>Where handlers with the path <c>default</c> are.</summary>
    public required string HandlerDirectory { get; init; }

    /// <summary>The directory that steps start in.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>How long a cancelled step has between SIGTERM and SIGKILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of time-outs and durations.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
