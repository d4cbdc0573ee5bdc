namespace EdgeJobs.LocalCloud.Provisioning;

/// <summary>A template by which boards become things.</summary>
internal sealed record ProvisioningTemplate
{
    /// <summary>1 to 36 characters of <c>[a-zA-Z0-9_-]</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for; null for nothing.</summary>
    public string? Description { get; init; }

    /// <summary>The document as it was given.</summary>
    public required string Json { get; init; }

    /// <summary>The document, taken apart.</summary>
    public required TemplateDocument Document { get; init; }

    /// <summary>Whether boards may use it.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
