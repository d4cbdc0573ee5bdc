namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on certificates. The names are AWS's, in camel case on the wire.

/// <summary>What DescribeCertificate answers.</summary>
internal sealed record DescribeCertificateBody(CertificateDescriptionBody CertificateDescription);

/// <summary>A certificate in full; times are seconds since 1970.</summary>
internal sealed record CertificateDescriptionBody
{
    /// <summary>Its resource name.</summary>
    public required string CertificateArn { get; init; }

    /// <summary>Its id.</summary>
    public required string CertificateId { get; init; }

    /// <summary>ACTIVE, INACTIVE or REVOKED.</summary>
    public required string Status { get; init; }

    /// <summary>The certificate.</summary>
    public required string CertificatePem { get; init; }

    /// <summary>The account.</summary>
    public required string OwnedBy { get; init; }

    /// <summary>When it was issued.</summary>
    public double CreationDate { get; init; }

    /// <summary>When its status changed last.</summary>
    public double LastModifiedDate { get; init; }

    /// <summary>From when until when it is valid.</summary>
    public required ValidityBody Validity { get; init; }
}

/// <summary>From when until when a certificate is valid.</summary>
internal sealed record ValidityBody(double NotBefore, double NotAfter);

/// <summary>A certificate in a list.</summary>
internal sealed record CertificateSummaryBody(string CertificateArn, string CertificateId, string Status, string CertificateMode, double CreationDate);

/// <summary>What ListCertificates answers.</summary>
internal sealed record CertificateListBody(IReadOnlyList<CertificateSummaryBody> Certificates, string? NextMarker);

/// <summary>What ListThingPrincipals answers: resource names of certificates.</summary>
internal sealed record PrincipalListBody(IReadOnlyList<string> Principals, string? NextToken);

/// <summary>What ListPrincipalThings answers: names of things.</summary>
internal sealed record PrincipalThingsBody(IReadOnlyList<string> Things, string? NextToken);

/// <summary>A success that says nothing.</summary>
internal sealed record EmptyBody;
