namespace EdgeJobs.Client.Dialing;

/// <summary>The result of dialing.</summary>
/// <param name="Server">The stream to the server; null after a failure.</param>
/// <param name="Failure">The failure; null after success.</param>
/// <param name="IsBlocked">Whether a firewall may have caused the failure, so that another port may be open.</param>
internal readonly record struct DialResult(ServerStream? Server, ConnectFailure? Failure, bool IsBlocked)
{
    public static DialResult Of(ServerStream server) => new(server, null, false);

    public static DialResult Failed(ConnectFailure failure, bool isBlocked = false) => new(null, failure, isBlocked);
}
