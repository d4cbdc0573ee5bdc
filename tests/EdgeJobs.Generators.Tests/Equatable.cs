using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Tests;

/// <summary>Creates arrays with value equality.</summary>
internal static class Equatable
{
    public static EquatableArray<T> Of<T>(params T[] items)
        where T : IEquatable<T> => new(items);
}
