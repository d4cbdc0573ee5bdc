namespace EdgeJobs.LocalCloud.Pki;

/// <summary>
/// A new certificate with its keys, as returned by <c>CreateKeysAndCertificate</c>. The private key exists nowhere else.
/// </summary>
/// <param name="Id">The certificate id: lower-case hexadecimal SHA-256 of the certificate, 64 characters.</param>
/// <param name="CertificatePem">The certificate.</param>
/// <param name="PublicKeyPem">The public key (SubjectPublicKeyInfo).</param>
/// <param name="PrivateKeyPem">The private key (PKCS#8, not encrypted).</param>
internal sealed record IssuedCertificate(string Id, string CertificatePem, string PublicKeyPem, string PrivateKeyPem)
{
    /// <summary>Omits the private key, so that it never reaches a log.</summary>
    public override string ToString() => $"certificate {Id}";
}
