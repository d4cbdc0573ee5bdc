namespace EdgeJobs.Client;

/// <summary>The result of a publish.</summary>
/// <param name="Status">The status.</param>
/// <param name="Reason">One line for the operator; empty if the message was acknowledged.</param>
public readonly record struct PublishResult(PublishStatus Status, string Reason)
{
    /// <summary>The result of an acknowledged message.</summary>
    public static readonly PublishResult Acknowledged = new(PublishStatus.Acknowledged, "");
}
