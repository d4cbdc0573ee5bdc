namespace EdgeJobs.LocalCloud.Provisioning;

/// <summary>Why a board was refused.</summary>
/// <param name="StatusCode">As of HTTP.</param>
/// <param name="Code">The kind of fault.</param>
/// <param name="Message">One sentence.</param>
internal sealed record ProvisioningFault(int StatusCode, string Code, string Message)
{
    /// <summary>The token is refused, whatever the reason: a board can't guess at tokens.</summary>
    public static ProvisioningFault BadToken(string message) => new(400, "InvalidCertificateOwnershipToken", message);

    /// <summary>The request is at fault.</summary>
    public static ProvisioningFault Invalid(string message) => new(400, "InvalidParameters", message);
}
