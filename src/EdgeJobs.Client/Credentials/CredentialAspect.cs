namespace EdgeJobs.Client.Credentials;

/// <summary>The aspects of the credentials that are checked before connecting, in the order of the report.</summary>
internal enum CredentialAspect
{
    /// <summary>The certificate file is readable and holds certificates.</summary>
    CertificateFile,

    /// <summary>The thing's certificate is valid now and does not expire soon.</summary>
    CertificateDates,

    /// <summary>The certificates in the file form a chain, and the thing's allows client authentication.</summary>
    CertificateChain,

    /// <summary>The private key can be read and decrypted, or opened in its token.</summary>
    KeyFile,

    /// <summary>No other user can read or replace the key.</summary>
    KeyPermissions,

    /// <summary>The key matches the certificate.</summary>
    KeyMatch,

    /// <summary>The trusted certificate authorities.</summary>
    CaFile,
}
