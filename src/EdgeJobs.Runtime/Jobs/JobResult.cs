using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime;

/// <summary>The result of a handler.</summary>
public sealed record JobResult
{
    private JobResult(bool isSuccess, string reason, ValueMap<string> details)
    {
        IsSuccess = isSuccess;
        Reason = reason;
        Details = details;
    }

    /// <summary>Whether the handler did what the document requests.</summary>
    public bool IsSuccess { get; }

    /// <summary>Why the handler failed, for the operator; empty if it succeeded.</summary>
    public string Reason { get; }

    /// <summary>
    /// Further statusDetails. A name has 1 to 128 characters of <c>[a-zA-Z0-9:_-]</c>; pairs with other names are omitted. The service
    /// accepts 10 pairs, including those of the agent.
    /// </summary>
    public ValueMap<string> Details { get; }

    /// <summary>The handler did what the document requests.</summary>
    /// <param name="details">Further statusDetails.</param>
    public static JobResult Succeeded(params KeyValuePair<string, string>[] details) =>
        new(true, string.Empty, new ValueMap<string>(details));

    /// <summary>The handler failed.</summary>
    /// <param name="reason">Why, and how to fix it.</param>
    /// <param name="details">Further statusDetails.</param>
    public static JobResult Failed(string reason, params KeyValuePair<string, string>[] details)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new JobResult(false, reason, new ValueMap<string>(details));
    }
}
