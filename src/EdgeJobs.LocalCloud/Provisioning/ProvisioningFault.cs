namespace EdgeJobs.LocalCloud.Provisioning;

/// <summary>Why a board was rejected.</summary>
/// <param name="StatusCode">An HTTP status code.</param>
/// <param name="Code">AWS's error code.</param>
/// <param name="Message">One sentence.</param>
internal sealed record ProvisioningFault(int StatusCode, string Code, string Message)
{
    /// <summary>One error for all causes, so that a board can't guess tokens.</summary>
    public static ProvisioningFault InvalidToken(string message) => new(400, "InvalidCertificateOwnershipToken", message);

    public static ProvisioningFault Invalid(string message) => new(400, "InvalidParameters", message);
}
