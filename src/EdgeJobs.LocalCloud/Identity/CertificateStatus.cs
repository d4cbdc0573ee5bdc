namespace EdgeJobs.LocalCloud.Identity;

/// <summary>Whether a certificate may be used.</summary>
internal enum CertificateStatus
{
    /// <summary>Not yet, or for now not: connections are refused.</summary>
    Inactive,

    /// <summary>It may.</summary>
    Active,

    /// <summary>Not before the board that it was made for is registered: connections are refused.</summary>
    PendingActivation,

    /// <summary>It was withdrawn: connections are refused.</summary>
    Revoked,

    /// <summary>It was deleted. The record stays, so that nobody takes the certificate for an unknown one.</summary>
    Deleted,
}

/// <summary>AWS's names of <see cref="CertificateStatus"/>.</summary>
internal static class CertificateStatusNames
{
    /// <summary>The name on the wire and in the store.</summary>
    public static string ToWireString(this CertificateStatus status) => status switch
    {
        CertificateStatus.Active => "ACTIVE",
        CertificateStatus.Inactive => "INACTIVE",
        CertificateStatus.PendingActivation => "PENDING_ACTIVATION",
        CertificateStatus.Revoked => "REVOKED",
        _ => "DELETED",
    };

    /// <summary>Reads a name.</summary>
    public static bool TryParse(string? text, out CertificateStatus status)
    {
        (status, bool known) = text switch
        {
            "ACTIVE" => (CertificateStatus.Active, true),
            "INACTIVE" => (CertificateStatus.Inactive, true),
            "PENDING_ACTIVATION" => (CertificateStatus.PendingActivation, true),
            "REVOKED" => (CertificateStatus.Revoked, true),
            "DELETED" => (CertificateStatus.Deleted, true),
            _ => (default, false),
        };
        return known;
    }
}
