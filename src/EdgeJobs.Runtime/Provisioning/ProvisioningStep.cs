namespace EdgeJobs.Runtime.Provisioning;

/// <summary>What a board is to do next on its way to an identity.</summary>
internal abstract record ProvisioningStep
{
    private ProvisioningStep()
    {
    }

    /// <summary>Makes the private key.</summary>
    public sealed record MakeKey : ProvisioningStep;

    /// <summary>Asks for a certificate for the board's key.</summary>
    /// <param name="PrivateKey">PEM.</param>
    public sealed record AskCertificate(Secret PrivateKey) : ProvisioningStep;

    /// <summary>Asks for a certificate and its private key.</summary>
    public sealed record AskKeys : ProvisioningStep;

    /// <summary>Presents the token, after it was put down that it was presented once more.</summary>
    /// <param name="Presented">What is put down.</param>
    public sealed record Register(IdentityState.Issued Presented) : ProvisioningStep;

    /// <summary>Writes key and certificate into files of their own, and connects with them.</summary>
    /// <param name="Identity">The identity.</param>
    /// <param name="ThingName">The thing to connect as.</param>
    public sealed record Verify(IdentityState.Registered Identity, string ThingName) : ProvisioningStep;

    /// <summary>Puts down another state, and goes on from there.</summary>
    /// <param name="State">The state.</param>
    /// <param name="Why">For operators.</param>
    public sealed record GoBack(IdentityState State, string Why) : ProvisioningStep;

    /// <summary>Can't go on.</summary>
    /// <param name="ExitCode">What the process ends with.</param>
    /// <param name="Message">What, where and how to mend it.</param>
    public sealed record Halt(int ExitCode, string Message) : ProvisioningStep;

    /// <summary>The board has its identity.</summary>
    /// <param name="Identity">The identity.</param>
    public sealed record Done(IdentityState.Complete Identity) : ProvisioningStep;
}
