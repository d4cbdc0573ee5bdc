using System.Collections.Immutable;

namespace EdgeJobs.LocalCloud.Identity;

/// <summary>A certificate that the cloud has issued, and what hangs on it. The private key is never kept.</summary>
internal sealed record DeviceCertificate
{
    /// <summary>Its id: lower-case hexadecimal SHA-256 of its DER form.</summary>
    public required string Id { get; init; }

    /// <summary>The certificate, PEM.</summary>
    public required string Pem { get; init; }

    /// <summary>Whether it may be used.</summary>
    public CertificateStatus Status { get; init; }

    /// <summary>The names of the policies attached to it.</summary>
    public ImmutableSortedSet<string> Policies { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The names of the things it is attached to.</summary>
    public ImmutableSortedSet<string> Things { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The SHA-256, in hexadecimal digits, of the token that proves who it was made for; null once that was used.</summary>
    public string? TokenHash { get; init; }

    /// <summary>When it was issued.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its status changed last.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }
}
