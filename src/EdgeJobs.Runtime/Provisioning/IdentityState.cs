namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The progress of provisioning, in one file that is replaced atomically: a power cut leaves one of these states.</summary>
internal abstract record IdentityState
{
    private IdentityState()
    {
    }

    public sealed record Empty : IdentityState
    {
        public static Empty Instance { get; } = new();
    }

    /// <summary>The board has created its private key, which it uses for every certificate request.</summary>
    /// <param name="PrivateKey">PEM, PKCS #8.</param>
    public sealed record KeyMade(Secret PrivateKey) : IdentityState;

    /// <summary>The service has issued a certificate, which is inactive until the thing is registered.</summary>
    /// <param name="PrivateKey">PEM.</param>
    /// <param name="IsKeyOfService">Whether the service created the key, for this certificate only.</param>
    /// <param name="CertificateId">The certificate's id.</param>
    /// <param name="Certificate">PEM.</param>
    /// <param name="Token">The ownership token for RegisterThing.</param>
    /// <param name="IssuedAt">When the board received it, by the board's clock.</param>
    /// <param name="Presentations">How often the token was sent without a reply that shows whether it was used.</param>
    public sealed record Issued(
        Secret PrivateKey,
        bool IsKeyOfService,
        string CertificateId,
        string Certificate,
        Secret Token,
        DateTimeOffset IssuedAt,
        int Presentations) : IdentityState;

    /// <summary>The board is registered, but has not connected as the thing yet.</summary>
    /// <param name="PrivateKey">PEM.</param>
    /// <param name="CertificateId">The certificate's id.</param>
    /// <param name="Certificate">PEM.</param>
    /// <param name="ThingName">The thing; null when the template creates none.</param>
    /// <param name="Configuration">The device configuration of the template as a JSON object; null when there is none.</param>
    public sealed record Registered(
        Secret PrivateKey, string CertificateId, string Certificate, string? ThingName, string? Configuration) : IdentityState;

    /// <summary>The identity works. The key and the certificate are in their own files.</summary>
    /// <param name="CertificateId">The certificate's id.</param>
    /// <param name="ThingName">The thing.</param>
    /// <param name="Template">The template that the board was provisioned with.</param>
    /// <param name="ProvisionedAt">When the board first connected as that thing.</param>
    /// <param name="Configuration">The device configuration of the template as a JSON object; null when there is none.</param>
    public sealed record Complete(
        string CertificateId, string ThingName, string Template, DateTimeOffset ProvisionedAt, string? Configuration) : IdentityState;
}
