using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>One execution of the model. No two have the same document, though they may have the same key and times.</summary>
internal sealed class ModelExecution(JobKey key, int serial, int steps, bool hasGoodDocument)
{
    public JobKey Key { get; } = key;

    public int Steps { get; } = steps;

    public bool HasGoodDocument { get; } = hasGoodDocument;

    /// <summary>Distinguishes its document from all others.</summary>
    public required byte[] Json { get; init; }

    public required long QueuedAt { get; init; }

    public long StartedAt { get; set; }

    /// <summary>The job was deleted: the service no longer has the execution.</summary>
    public bool IsDeleted { get; set; }

    public JobExecutionStatus Status { get; set; } = JobExecutionStatus.Queued;

    public long Version { get; set; } = 1;

    /// <summary>When the service's step timer sets it TIMED_OUT.</summary>
    public double StepDeadline { get; set; } = double.PositiveInfinity;

    /// <summary>The service rejects its statusDetails.</summary>
    public bool RefusesDetails { get; set; }

    /// <summary>The service rejects all its updates.</summary>
    public bool RefusesReports { get; set; }

    /// <summary>Its descriptions and rejections can't be read.</summary>
    public bool IsUnreadable
    {
        get;
        set
        {
            field = value;
            WasUnreadable |= value;
        }
    }

    /// <summary>At least one reply about it was unreadable.</summary>
    public bool WasUnreadable { get; set; }

    /// <summary>How often a device's update ended it.</summary>
    public int TerminalUpdates { get; set; }

    /// <summary>How many of its steps the device has started.</summary>
    public int StepsBegun { get; set; }

    /// <summary>Whether a step has failed after its last attempt, and the failure is not ignored.</summary>
    public bool StepFailed => Finished.Any(f => !f.Value && !Plan.Steps[f.Key].IgnoreFailure);

    /// <summary>Whether all steps have ended, successfully or ignored.</summary>
    public bool HasSucceeded => Finished.Count == Steps && !StepFailed;

    /// <summary>The ended steps in the journal, by index; true for success.</summary>
    public Dictionary<int, bool> Finished { get; } = [];

    /// <summary>How often each step has started.</summary>
    public Dictionary<int, int> Attempts { get; } = [];

    /// <summary>How often an attempt at each step has failed.</summary>
    public Dictionary<int, int> Failures { get; } = [];

    /// <summary>The plan; no two steps are alike.</summary>
    public JobPlan Plan { get; } = new() { Steps = [.. Enumerable.Range(0, steps).Select(i => Step(i, (5 * serial) + (7 * i)))] };

    /// <summary>How the service describes it.</summary>
    public ExecutionOffer Describe(bool withDocument) => new(Key, Status, Version, withDocument ? Document() : null)
    {
        QueuedAt = QueuedAt,
        StartedAt = StartedAt,
        Json = withDocument ? Json : default(ReadOnlyMemory<byte>),
    };

    private DocumentResult Document() => HasGoodDocument ? new DocumentResult(Plan) : new DocumentResult(
        [new DocumentFault("steps", "missing", 1, 1)]);

    private static StepPlan Step(int index, int kind) => new()
    {
        Name = $"step {index + 1}",
        Action = new StepAction.RunCommand(["true"]),
        IgnoreFailure = kind % 5 == 0,
        AlwaysRuns = kind % 4 == 0,
        Attempts = kind % 6 == 0 ? 3 : 1,
        RetryDelay = TimeSpan.FromSeconds(kind % 2),
        OnInterruption = (InterruptedStep)(kind % 3),
        Timeout = (((kind / 5) + (2 * index)) % 4) switch { 0 => TimeSpan.FromMinutes(2), 1 => TimeSpan.FromDays(1), _ => null },
    };
}
