namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on provisioning templates: AWS's names, in camel case on the wire.

internal sealed record CreateTemplateBody
{
    public string? TemplateName { get; init; }
    public string? Description { get; init; }
    public string? TemplateBody { get; init; }

    /// <summary>As on AWS, a template is disabled by default.</summary>
    public bool Enabled { get; init; }

    /// <summary>The role that AWS assumes; not needed here.</summary>
    public string? ProvisioningRoleArn { get; init; }

    /// <summary>FLEET_PROVISIONING, or JITP, which the local cloud does not support.</summary>
    public string? Type { get; init; }
}

internal sealed record TemplateCreatedBody(string TemplateArn, string TemplateName, int DefaultVersionId);

/// <summary>Times are seconds since 1970.</summary>
internal sealed record TemplateBody(
    string TemplateArn, string TemplateName, string? Description, double CreationDate, double LastModifiedDate, int DefaultVersionId,
    string TemplateBodyText, bool Enabled, string Type)
{
    [System.Text.Json.Serialization.JsonPropertyName("templateBody")]
    public string TemplateBodyText { get; init; } = TemplateBodyText;
}

internal sealed record TemplateSummaryBody(
    string TemplateArn, string TemplateName, string? Description, double CreationDate, double LastModifiedDate, bool Enabled, string Type);

internal sealed record TemplateListBody(IReadOnlyList<TemplateSummaryBody> Templates, string? NextToken);

/// <summary><see cref="CertificateAuthorityPem"/> is an addition: the authority for the device to trust.</summary>
internal sealed record ProvisioningClaimBody(
    string CertificateId, string CertificatePem, KeyPairBody KeyPair, double Expiration, string CertificateAuthorityPem);
