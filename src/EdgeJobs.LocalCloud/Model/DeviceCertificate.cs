using System.Collections.Immutable;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>A certificate issued by the cloud, with its attachments. The private key is never stored.</summary>
internal sealed record DeviceCertificate
{
    /// <summary>Lower-case hexadecimal SHA-256 of the certificate's DER form.</summary>
    public required string Id { get; init; }

    public required string Pem { get; init; }
    public CertificateStatus Status { get; init; }
    public ImmutableSortedSet<string> Policies { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
    public ImmutableSortedSet<string> Things { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The hexadecimal SHA-256 of the ownership token; null after the token was used.</summary>
    public string? TokenHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastUpdatedAt { get; init; }
}
