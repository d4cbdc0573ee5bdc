using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>An execution as the service has it.</summary>
internal sealed class ServiceExecution(JournalEntry.Claimed claim, JobPlan plan)
{
    public JobKey Key => claim.Key;

    /// <summary>See <see cref="Execution.Word"/>.</summary>
    public string Word { get; } = Execution.WordOf(plan.Steps[0]);

    public JobExecutionStatus Status { get; set; } = JobExecutionStatus.Queued;

    public long Version { get; set; } = 1;

    public long QueuedAt { get; set; } = claim.QueuedAt;

    public long StartedAt { get; set; } = claim.StartedAt;

    public bool IsDeleted { get; set; }

    public void Start()
    {
        Status = JobExecutionStatus.InProgress;
        Version = 2;
    }

    public ExecutionOffer Describe(bool withDocument) => new(Key, Status, Version, withDocument ? new DocumentResult(plan) : null)
    {
        QueuedAt = QueuedAt,
        StartedAt = Status == JobExecutionStatus.Queued ? 0 : StartedAt,
        Json = withDocument ? claim.Document : default,
    };
}
