namespace EdgeJobs.Runtime.Provisioning;

/// <summary>What follows from what came of a step.</summary>
/// <param name="Kind">Whether to go on.</param>
/// <param name="State">What is put down before anything else.</param>
/// <param name="Reason">For operators; empty when all is well.</param>
/// <param name="ExitCode">What the process ends with, when it comes to that.</param>
internal readonly record struct ProvisioningVerdict(VerdictKind Kind, IdentityState State, string Reason = "", int ExitCode = 0)
{
    /// <summary>Whether a certificate was given up, and another one has to be asked for.</summary>
    public bool IsRenewal { get; init; }
}

/// <summary>Whether to go on.</summary>
internal enum VerdictKind
{
    /// <summary>The next step may follow at once.</summary>
    GoOn,

    /// <summary>Try again after a while.</summary>
    TryAgain,

    /// <summary>Trying again would not help.</summary>
    Stop,
}
