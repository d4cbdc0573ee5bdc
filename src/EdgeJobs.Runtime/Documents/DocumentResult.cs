using System.Diagnostics.CodeAnalysis;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>The result of reading a job document: a plan, or the reason to reject the job.</summary>
internal sealed record DocumentResult
{
    public DocumentResult(JobPlan plan)
    {
        Plan = plan;
        Faults = [];
    }

    /// <summary>An invalid document.</summary>
    /// <param name="faults">At least one.</param>
    public DocumentResult(IReadOnlyList<DocumentFault> faults)
    {
        ArgumentOutOfRangeException.ThrowIfZero(faults.Count);
        Faults = faults;
        Reason = "invalid job document: " + string.Join("; ", faults);
    }

    /// <summary>A valid document that must not run on this board.</summary>
    /// <param name="unmet">The conditions that the board does not meet.</param>
    public DocumentResult(string unmet)
    {
        Faults = [];
        Reason = $"not for this board: {unmet}";
    }

    /// <summary>The plan; null if the job is rejected.</summary>
    public JobPlan? Plan { get; }

    /// <summary>
    /// The first 20 faults, in the order of the document. If there are more, one further entry without a path says so.
    /// </summary>
    public IReadOnlyList<DocumentFault> Faults { get; }

    /// <summary>Whether the job can run.</summary>
    [MemberNotNullWhen(true, nameof(Plan))]
    public bool IsValid => Plan is not null;

    /// <summary>Why it can't run, in one line for the service and the operator; empty if it can.</summary>
    public string Reason { get; } = string.Empty;
}
