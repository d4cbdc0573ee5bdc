using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Processes;

/// <summary>How steps are run as processes.</summary>
internal sealed record ProcessStepOptions
{
    /// <summary>Where handlers with the path <c>default</c> are.</summary>
    public required string HandlerDirectory { get; init; }

    /// <summary>The directory that steps start in.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>How long a cancelled step has between SIGTERM and SIGKILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of time-outs and durations.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether this process becomes the parent of orphans that steps leave, so that each can be found when its step is
    /// cancelled. It then takes the exit status of orphans: right for a process that has no other business than jobs.
    /// </summary>
    public bool AdoptOrphans { get; init; }

    /// <summary>Whether each step gets a cgroup of its own where this process may make one.</summary>
    public bool UseCgroups { get; init; }

    /// <summary>
    /// Where the running step is noted, so that the next agent can end it when this one is killed; null to note it nowhere.
    /// </summary>
    public string? RunningStepFile { get; init; }

    /// <summary>Whether a job is under way, of which an earlier agent may have left a step running.</summary>
    internal bool IsJobUnderWay { get; init; } = true;

    /// <summary>What a step may use of the board.</summary>
    public StepLimits Limits { get; init; } = new();

    /// <summary>What the board's owner allows; null to allow what every job asks for.</summary>
    public ExecutionPolicy? Policy { get; init; }

    /// <summary>Where the full output of steps is kept; null to keep the end of it alone.</summary>
    public JobArchive? Archive { get; init; }

    /// <summary>The soft limit of core files for steps; null for that of this process.</summary>
    internal ulong? CoreLimit { get; init; }

    /// <summary>What is told to the operator.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
