namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on certificates: AWS's names, in camel case on the wire.

internal sealed record DescribeCertificateBody(CertificateDescriptionBody CertificateDescription);

/// <summary>A certificate in full; times are seconds since 1970.</summary>
internal sealed record CertificateDescriptionBody
{
    public required string CertificateArn { get; init; }
    public required string CertificateId { get; init; }
    public required string Status { get; init; }
    public required string CertificatePem { get; init; }
    public required string OwnedBy { get; init; }
    public double CreationDate { get; init; }
    public double LastModifiedDate { get; init; }
    public required ValidityBody Validity { get; init; }
}

internal sealed record ValidityBody(double NotBefore, double NotAfter);

internal sealed record CertificateSummaryBody(
    string CertificateArn, string CertificateId, string Status, string CertificateMode, double CreationDate);

internal sealed record CertificateListBody(IReadOnlyList<CertificateSummaryBody> Certificates, string? NextMarker);

internal sealed record PrincipalListBody(IReadOnlyList<string> Principals, string? NextToken);

internal sealed record PrincipalThingsBody(IReadOnlyList<string> Things, string? NextToken);

internal sealed record EmptyBody;
