using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Processes;

/// <summary>What watching the process of one step needs to know of the step.</summary>
internal sealed record StepRun
{
    /// <summary>The clock, monotonic, of its time-out and its duration.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Its processes.</summary>
    public required StepProcessTree Family { get; init; }

    /// <summary>Is told what it says of its progress; null to tell nobody.</summary>
    public IProgress<StepProgress>? Progress { get; init; }

    /// <summary>Which step of which job it is.</summary>
    public required StepContext Step { get; init; }

    /// <summary>Its environment, which the next step's may be made in.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Whether it can be started by the agent itself, when it needs no cgroup.</summary>
    public bool CanDoWithoutLauncher { get; init; }

    /// <summary>The operator's log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>What it may use.</summary>
    public StepLimits Limits { get; init; } = StepLimits.None;

    /// <summary>Where its output is kept; null to keep the end alone.</summary>
    public StepArchive? Archive { get; init; }

    /// <summary>Makes what reads its progress: most steps say nothing.</summary>
    public ProgressReader ReadProgress(IProgress<StepProgress> progress) =>
        new(progress, (line, why) => AgentLog.ProgressNotUnderstood(Logger, Step.Number, Step.Step.Name, line, why));
}
