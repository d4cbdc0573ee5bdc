using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Identity;

/// <summary>A named policy with its versions, of which one is in force.</summary>
internal sealed record Policy
{
    /// <summary>The most versions that are kept at a time.</summary>
    public const int MaxVersions = 5;

    /// <summary>1 to 128 of a-z, A-Z, 0-9 and <c>_+=,.@-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The versions, oldest first; never empty.</summary>
    public required ImmutableList<PolicyVersion> Versions { get; init; }

    /// <summary>The number of the version in force.</summary>
    public required int DefaultVersion { get; init; }

    /// <summary>The number that the next version gets: none is used twice.</summary>
    public required int NextVersion { get; init; }

    /// <summary>The version in force.</summary>
    public PolicyVersion Default => Versions.Find(version => version.Number == DefaultVersion)!;
}

/// <summary>One version of a policy.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Json">The document as it was given.</param>
/// <param name="Document">The document, taken apart.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record PolicyVersion(int Number, string Json, PolicyDocument Document, DateTimeOffset CreatedAt);
