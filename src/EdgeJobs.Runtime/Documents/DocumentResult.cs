using System.Diagnostics.CodeAnalysis;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>A job document read: a plan, or what is wrong with it.</summary>
public sealed record DocumentResult
{
    /// <summary>A document that can be run.</summary>
    public DocumentResult(JobPlan plan)
    {
        Plan = plan;
        Faults = [];
    }

    /// <summary>A document that can't be run.</summary>
    /// <param name="faults">At least one.</param>
    public DocumentResult(IReadOnlyList<DocumentFault> faults)
    {
        ArgumentOutOfRangeException.ThrowIfZero(faults.Count);
        Faults = faults;
        Reason = "invalid job document: " + string.Join("; ", faults);
    }

    /// <summary>A document that can be run, but not on this board.</summary>
    /// <param name="unmet">Which conditions it does not meet.</param>
    public DocumentResult(string unmet)
    {
        Faults = [];
        Reason = $"not for this board: {unmet}";
    }

    /// <summary>The plan, or null when there are faults.</summary>
    public JobPlan? Plan { get; }

    /// <summary>
    /// What is wrong, in the order of the document: the first 20 faults. If there are more, one further entry without a path says so.
    /// Empty when there is a plan.
    /// </summary>
    public IReadOnlyList<DocumentFault> Faults { get; }

    /// <summary>True when the document can be run.</summary>
    [MemberNotNullWhen(true, nameof(Plan))]
    public bool IsValid => Plan is not null;

    /// <summary>Why it can't be run, in one line for the service and the operator; empty when it can.</summary>
    public string Reason { get; } = string.Empty;
}
