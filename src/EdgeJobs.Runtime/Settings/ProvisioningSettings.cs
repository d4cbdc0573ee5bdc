namespace EdgeJobs.Runtime.Settings;

/// <summary>How a board gets its identity. What these name is looked at only as long as the board has none.</summary>
public sealed record ProvisioningSettings
{
    /// <summary>The provisioning template, 1 to 36 characters of <c>[a-zA-Z0-9_-]</c>.</summary>
    public required string Template { get; init; }

    /// <summary>The PEM file of the claim certificate, which boards share until they have one of their own.</summary>
    public string? ClaimCertificate { get; init; }

    /// <summary>The PEM file of its private key.</summary>
    public string? ClaimKey { get; init; }

    /// <summary>The template's parameters: a JSON object of strings, or the file that holds it; null for none.</summary>
    public string? Parameters { get; init; }

    /// <summary>The service makes the private key and sends it; otherwise the board makes it, and it never leaves the board.</summary>
    public bool IsKeyOfService { get; init; }
}
