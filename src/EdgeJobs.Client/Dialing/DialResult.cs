namespace EdgeJobs.Client.Dialing;

/// <summary>How dialing ended.</summary>
/// <param name="Server">The way to the server, or null.</param>
/// <param name="Failure">Why there is none, or null.</param>
/// <param name="IsBlocked">Whether the failure is one that a firewall causes, so that another port may be open.</param>
internal readonly record struct DialResult(ServerStream? Server, ConnectFailure? Failure, bool IsBlocked)
{
    public static DialResult Of(ServerStream server) => new(server, null, false);

    public static DialResult Failed(ConnectFailure failure, bool isBlocked = false) => new(null, failure, isBlocked);
}
