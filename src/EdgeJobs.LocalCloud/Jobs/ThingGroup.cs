using System.Collections.Immutable;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>A named set of things that a job can target as one.</summary>
/// <param name="Name">Same characters as a thing's name.</param>
/// <param name="Id">A UUID given by the service.</param>
/// <param name="Members">The names of its things.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ThingGroup(string Name, string Id, ImmutableSortedSet<string> Members, DateTimeOffset CreatedAt)
{
    /// <summary>The names of the policies attached to it: they count for the certificates of its things.</summary>
    public ImmutableSortedSet<string> Policies { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
