using System.Collections;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Processes;

internal sealed record ProcessStepOptions
{
    /// <summary>The directory of handlers with the path <c>default</c>.</summary>
    public required string HandlerDirectory { get; init; }

    /// <summary>The default working directory of steps.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The environment of the agent, from which steps get some variables.</summary>
    public IDictionary Environment { get; init; } = System.Environment.GetEnvironmentVariables();

    /// <summary>The time between SIGTERM and SIGKILL for a cancelled step.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>The clock of time-outs and durations.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether this process adopts the orphans of steps, so that each can be found when its step is cancelled. It then reaps them, which
    /// suits only a process that has no other children.
    /// </summary>
    public bool AdoptOrphans { get; init; }

    /// <summary>Whether each step gets its own cgroup, if this process can create one.</summary>
    public bool UseCgroups { get; init; }

    /// <summary>The file that names the running step, so that the next agent can kill it if this one is killed; null for none.</summary>
    public string? RunningStepFile { get; init; }

    /// <summary>Whether the journal has an unfinished job, of which an earlier agent may have left a step running.</summary>
    public bool IsJobUnderWay { get; init; } = true;

    public StepLimits Limits { get; init; } = new();

    /// <summary>What the board's owner allows; null to allow everything.</summary>
    public ExecutionPolicy? Policy { get; init; }

    /// <summary>Saves the full output of steps; null to save nothing.</summary>
    public JobArchive? Archive { get; init; }

    /// <summary>The soft limit of core files for steps; null for the limit of this process.</summary>
    public ulong? CoreLimit { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
