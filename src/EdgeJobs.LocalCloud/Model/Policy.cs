using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>A named policy and its versions, of which one is the default.</summary>
internal sealed record Policy
{
    public const int MaxVersions = 5;

    /// <summary>1 to 128 of a-z, A-Z, 0-9 and <c>_+=,.@-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The versions, oldest first; never empty.</summary>
    public required ImmutableList<PolicyVersion> Versions { get; init; }

    public required int DefaultVersion { get; init; }

    /// <summary>The number of the next version. Numbers are not reused.</summary>
    public required int NextVersion { get; init; }

    public PolicyVersion Default => Versions.Find(version => version.Number == DefaultVersion)!;
}

/// <summary>A version of a policy.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Json">The document as submitted.</param>
/// <param name="Document">The parsed document.</param>
internal sealed record PolicyVersion(int Number, string Json, PolicyDocument Document, DateTimeOffset CreatedAt);
