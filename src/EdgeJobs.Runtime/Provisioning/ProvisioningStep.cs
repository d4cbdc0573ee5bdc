namespace EdgeJobs.Runtime.Provisioning;

/// <summary>A step of provisioning.</summary>
internal abstract record ProvisioningStep
{
    private ProvisioningStep()
    {
    }

    /// <summary>Creates the private key.</summary>
    public sealed record MakeKey : ProvisioningStep;

    /// <summary>Requests a certificate for the board's key.</summary>
    /// <param name="PrivateKey">PEM.</param>
    public sealed record AskCertificate(Secret PrivateKey) : ProvisioningStep;

    /// <summary>Requests a certificate and its private key.</summary>
    public sealed record AskKeys : ProvisioningStep;

    /// <summary>Sends the token, after the new count of presentations is saved.</summary>
    /// <param name="Presented">The state to save.</param>
    public sealed record Register(IdentityState.Issued Presented) : ProvisioningStep;

    /// <summary>Writes the key and the certificate to their own files, and connects with them.</summary>
    /// <param name="Identity">The identity.</param>
    /// <param name="ThingName">The thing to connect as.</param>
    public sealed record Verify(IdentityState.Registered Identity, string ThingName) : ProvisioningStep;

    /// <summary>Saves an earlier state, and continues from there.</summary>
    /// <param name="State">The state.</param>
    /// <param name="Why">The reason, for the log.</param>
    public sealed record GoBack(IdentityState State, string Why) : ProvisioningStep;

    /// <summary>Provisioning can't continue.</summary>
    /// <param name="ExitCode">The exit code of the process.</param>
    /// <param name="Message">The reason and the fix.</param>
    public sealed record Halt(int ExitCode, string Message) : ProvisioningStep;

    /// <summary>The board has its identity.</summary>
    /// <param name="Identity">The identity.</param>
    public sealed record Done(IdentityState.Complete Identity) : ProvisioningStep;
}
