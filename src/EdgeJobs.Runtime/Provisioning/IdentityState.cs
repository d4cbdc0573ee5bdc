namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// How far a board has come on its way to an identity of its own. It is one file that is replaced as a whole, so that a power
/// cut leaves one of these and nothing between.
/// </summary>
internal abstract record IdentityState
{
    private IdentityState()
    {
    }

    /// <summary>There is nothing yet.</summary>
    public sealed record Empty : IdentityState
    {
        /// <summary>The one value.</summary>
        public static Empty Instance { get; } = new();
    }

    /// <summary>The board has made its private key, which stays for good: every certificate is asked for with it.</summary>
    /// <param name="PrivateKey">PEM, PKCS #8.</param>
    public sealed record KeyMade(Secret PrivateKey) : IdentityState;

    /// <summary>The service has made a certificate, which is not active before the thing is registered.</summary>
    /// <param name="PrivateKey">PEM.</param>
    /// <param name="IsKeyOfService">The service has made the key too, for this certificate alone.</param>
    /// <param name="CertificateId">The certificate's id.</param>
    /// <param name="Certificate">PEM.</param>
    /// <param name="Token">Proves in RegisterThing that the certificate was made for this board.</param>
    /// <param name="IssuedAt">When the board got it, by its own clock.</param>
    /// <param name="Presentations">How often the token was sent without an answer that tells whether it was used up.</param>
    public sealed record Issued(
        Secret PrivateKey, bool IsKeyOfService, string CertificateId, string Certificate, Secret Token, DateTimeOffset IssuedAt, int Presentations) : IdentityState;

    /// <summary>The board is a thing, but has not connected as that thing yet.</summary>
    /// <param name="PrivateKey">PEM.</param>
    /// <param name="CertificateId">The certificate's id.</param>
    /// <param name="Certificate">PEM.</param>
    /// <param name="ThingName">The thing; null when the template made none.</param>
    /// <param name="Configuration">What the template tells its boards: one JSON object; null when it tells nothing.</param>
    public sealed record Registered(Secret PrivateKey, string CertificateId, string Certificate, string? ThingName, string? Configuration) : IdentityState;

    /// <summary>The identity works. Key and certificate are in their own files.</summary>
    /// <param name="CertificateId">The certificate's id.</param>
    /// <param name="ThingName">The thing.</param>
    /// <param name="Template">The template that the board was provisioned by.</param>
    /// <param name="ProvisionedAt">When the board first connected as that thing.</param>
    /// <param name="Configuration">What the template tells its boards: one JSON object; null when it tells nothing.</param>
    public sealed record Complete(string CertificateId, string ThingName, string Template, DateTimeOffset ProvisionedAt, string? Configuration) : IdentityState;
}
