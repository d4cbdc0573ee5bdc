namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The result of a step.</summary>
/// <param name="Kind">Whether to continue.</param>
/// <param name="State">The state to save.</param>
/// <param name="Reason">The reason of a failure; empty after a success.</param>
/// <param name="ExitCode">The exit code, if the process ends now.</param>
internal readonly record struct ProvisioningVerdict(VerdictKind Kind, IdentityState State, string Reason = "", int ExitCode = 0)
{
    /// <summary>Whether a certificate was dropped, and another one is needed.</summary>
    public bool IsRenewal { get; init; }
}

internal enum VerdictKind
{
    /// <summary>Continue with the next step at once.</summary>
    Continue,

    /// <summary>Retry after a delay.</summary>
    Retry,

    /// <summary>A retry would not help.</summary>
    Stop,
}
