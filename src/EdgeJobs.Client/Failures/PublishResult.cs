namespace EdgeJobs.Client;

/// <summary>How a publish ended.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">One line for the operator; empty when it was acknowledged.</param>
public readonly record struct PublishResult(PublishStatus Status, string Reason)
{
    /// <summary>The server has acknowledged the message.</summary>
    public static readonly PublishResult Acknowledged = new(PublishStatus.Acknowledged, "");
}
