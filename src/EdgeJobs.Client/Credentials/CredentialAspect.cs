namespace EdgeJobs.Client;

/// <summary>What is looked at before a connection, in the order in which it is told.</summary>
public enum CredentialAspect
{
    /// <summary>The certificate file can be read and holds certificates.</summary>
    CertificateFile,

    /// <summary>The thing's certificate is valid now, and for a while.</summary>
    CertificateDates,

    /// <summary>The certificates of the file hang together, and the thing's may be shown to a server.</summary>
    CertificateChain,

    /// <summary>The private key can be read, decrypted or reached in its token.</summary>
    KeyFile,

    /// <summary>Nobody else can read the key, or put another in its place.</summary>
    KeyPermissions,

    /// <summary>The key is that of the certificate.</summary>
    KeyMatch,

    /// <summary>The authorities that the server may be certified by.</summary>
    CaFile,
}
