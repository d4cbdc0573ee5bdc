using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Processes;

/// <summary>One attempt at a step.</summary>
internal sealed record StepRun
{
    /// <summary>The clock of its time-out and duration.</summary>
    public required TimeProvider Time { get; init; }

    public required StepProcessTree Processes { get; init; }

    /// <summary>Receives its progress; null to ignore it.</summary>
    public IProgress<StepProgress>? Progress { get; init; }

    public required StepContext Step { get; init; }

    /// <summary>Its environment, which is returned to <see cref="StepEnvironment"/>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Whether it needs a launcher only for a cgroup.</summary>
    public bool CanDoWithoutLauncher { get; init; }

    public required ILogger Logger { get; init; }

    public StepLimits Limits { get; init; } = StepLimits.None;

    /// <summary>Saves its output; null to save nothing.</summary>
    public StepArchive? Archive { get; init; }

    public ProgressReader ReadProgress(IProgress<StepProgress> progress) =>
        new(progress, (line, why) => AgentLog.InvalidProgress(Logger, Step.Number, Step.Step.Name, line, why));
}
