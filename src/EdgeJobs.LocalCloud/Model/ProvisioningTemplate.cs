using EdgeJobs.LocalCloud.Templates;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>A fleet provisioning template.</summary>
internal sealed record ProvisioningTemplate
{
    /// <summary>1 to 36 characters of <c>[a-zA-Z0-9_-]</c>.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The document as submitted.</summary>
    public required string Json { get; init; }

    public required TemplateDocument Document { get; init; }
    public bool IsEnabled { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}
