namespace EdgeJobs.LocalCloud.Provisioning;

// Bodies of the control plane's operations on provisioning templates. The names are AWS's, in camel case on the wire.

/// <summary>What CreateProvisioningTemplate takes.</summary>
internal sealed record CreateTemplateBody
{
    /// <summary>The template's name.</summary>
    public string? TemplateName { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The document.</summary>
    public string? TemplateBody { get; init; }

    /// <summary>Whether boards may use it; not unless this says so, as at AWS.</summary>
    public bool Enabled { get; init; }

    /// <summary>The role that AWS acts under; not needed here.</summary>
    public string? ProvisioningRoleArn { get; init; }

    /// <summary>FLEET_PROVISIONING, or JITP, which the local cloud has not.</summary>
    public string? Type { get; init; }
}

/// <summary>What CreateProvisioningTemplate answers.</summary>
internal sealed record TemplateCreatedBody(string TemplateArn, string TemplateName, int DefaultVersionId);

/// <summary>What DescribeProvisioningTemplate answers; times are seconds since 1970.</summary>
internal sealed record TemplateBody(
    string TemplateArn, string TemplateName, string? Description, double CreationDate, double LastModifiedDate, int DefaultVersionId, string TemplateBodyText, bool Enabled, string Type)
{
    /// <summary>The document.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("templateBody")]
    public string TemplateBodyText { get; init; } = TemplateBodyText;
}

/// <summary>A template in a list.</summary>
internal sealed record TemplateSummaryBody(string TemplateArn, string TemplateName, string? Description, double CreationDate, double LastModifiedDate, bool Enabled, string Type);

/// <summary>What ListProvisioningTemplates answers.</summary>
internal sealed record TemplateListBody(IReadOnlyList<TemplateSummaryBody> Templates, string? NextToken);

/// <summary>What CreateProvisioningClaim answers. <see cref="CertificateAuthorityPem"/> is an addition: what the device has to trust.</summary>
internal sealed record ProvisioningClaimBody(string CertificateId, string CertificatePem, Rest.KeyPairBody KeyPair, double Expiration, string CertificateAuthorityPem);
