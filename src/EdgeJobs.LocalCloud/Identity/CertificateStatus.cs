namespace EdgeJobs.LocalCloud.Identity;

/// <summary>Whether a certificate may be used.</summary>
internal enum CertificateStatus
{
    /// <summary>Not yet, or for now not: connections are refused.</summary>
    Inactive,

    /// <summary>It may.</summary>
    Active,

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
            "REVOKED" => (CertificateStatus.Revoked, true),
            "DELETED" => (CertificateStatus.Deleted, true),
            _ => (default, false),
        };
        return known;
    }
}
