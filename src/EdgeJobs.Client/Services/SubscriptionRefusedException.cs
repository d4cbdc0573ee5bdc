namespace EdgeJobs.Client;

/// <summary>The server has refused the subscription of an event feed whose consumer has not subscribed before.</summary>
/// <param name="failure">The failure.</param>
public sealed class SubscriptionRefusedException(ConnectFailure failure) : Exception(failure.Message)
{
    /// <summary>The failure.</summary>
    public ConnectFailure Failure { get; } = failure;
}
