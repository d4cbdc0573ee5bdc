namespace EdgeJobs.LocalCloud.Model;

internal enum CertificateStatus
{
    /// <summary>Not active, for now or not yet: connections are rejected.</summary>
    Inactive,

    Active,

    /// <summary>Not active until its board is registered: connections are rejected.</summary>
    PendingActivation,

    /// <summary>Revoked: connections are rejected.</summary>
    Revoked,

    /// <summary>Deleted. The record remains, so that the certificate is not mistaken for an unknown one.</summary>
    Deleted,
}

internal static class CertificateStatusNames
{
    public static string ToWireString(this CertificateStatus status) => status switch
    {
        CertificateStatus.Active => "ACTIVE",
        CertificateStatus.Inactive => "INACTIVE",
        CertificateStatus.PendingActivation => "PENDING_ACTIVATION",
        CertificateStatus.Revoked => "REVOKED",
        _ => "DELETED",
    };

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
