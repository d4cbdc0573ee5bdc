using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime;

/// <summary>How a handler ended.</summary>
public sealed record JobResult
{
    private JobResult(bool isSuccess, string reason, ValueMap<string> details)
    {
        IsSuccess = isSuccess;
        Reason = reason;
        Details = details;
    }

    /// <summary>Whether it did what the document asks for.</summary>
    public bool IsSuccess { get; }

    /// <summary>What came of it, for the operator; empty when success says it all.</summary>
    public string Reason { get; }

    /// <summary>Further statusDetails to report: names of 1 to 128 characters of <c>[a-zA-Z0-9:_-]</c>; pairs with other names are left out. The service takes 10 pairs, some of which are the agent's.</summary>
    public ValueMap<string> Details { get; }

    /// <summary>It did what the document asks for.</summary>
    /// <param name="details">What is told beside it.</param>
    public static JobResult Succeeded(params KeyValuePair<string, string>[] details) => new(true, string.Empty, new ValueMap<string>(details));

    /// <summary>It did not.</summary>
    /// <param name="reason">Why, and how to mend it.</param>
    /// <param name="details">What is told beside it.</param>
    public static JobResult Failed(string reason, params KeyValuePair<string, string>[] details)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new JobResult(false, reason, new ValueMap<string>(details));
    }
}
