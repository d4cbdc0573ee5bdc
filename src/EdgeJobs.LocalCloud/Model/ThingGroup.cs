using System.Collections.Immutable;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>A named set of things that a job can target.</summary>
internal sealed record ThingGroup(string Name, string Id, ImmutableSortedSet<string> Members, DateTimeOffset CreatedAt)
{
    /// <summary>The names of the attached policies, which apply to the certificates of its things.</summary>
    public ImmutableSortedSet<string> Policies { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
