using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.Client;

/// <summary>How an attempt to connect ended.</summary>
/// <param name="Failure">Why it failed, or null when it did not.</param>
/// <param name="SessionPresent">Whether the server still had the session of an earlier connection.</param>
public readonly record struct ConnectResult(ConnectFailure? Failure, bool SessionPresent)
{
    /// <summary>True when the connection stands.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsConnected => Failure is null;
}
