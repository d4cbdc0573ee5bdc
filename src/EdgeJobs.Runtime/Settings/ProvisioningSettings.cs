namespace EdgeJobs.Runtime.Settings;

/// <summary>How a board gets its identity; unused once it has one.</summary>
internal sealed record ProvisioningSettings
{
    /// <summary>The provisioning template, 1 to 36 characters of <c>[a-zA-Z0-9_-]</c>.</summary>
    public required string Template { get; init; }

    /// <summary>The PEM file of the claim certificate, which boards share until they have their own.</summary>
    public string? ClaimCertificate { get; init; }

    public string? ClaimKey { get; init; }

    /// <summary>The template's parameters: a JSON object of strings, or the file that contains it; null for none.</summary>
    public string? Parameters { get; init; }

    /// <summary>Whether the service creates the private key and sends it; otherwise the board does, and the key never leaves it.</summary>
    public bool IsKeyOfService { get; init; }
}
