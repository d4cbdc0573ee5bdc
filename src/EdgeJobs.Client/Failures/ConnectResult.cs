using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.Client;

/// <summary>The result of an attempt to connect.</summary>
/// <param name="Failure">Why it failed; null after success.</param>
/// <param name="SessionPresent">Whether the server kept the session of an earlier connection.</param>
public readonly record struct ConnectResult(ConnectFailure? Failure, bool SessionPresent)
{
    /// <summary>True after success.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsConnected => Failure is null;
}
