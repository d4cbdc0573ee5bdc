namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>What a job is aimed at.</summary>
/// <param name="IsGroup">True for a thing group, false for a thing.</param>
/// <param name="Name">The name of the thing or the group.</param>
internal readonly record struct JobTarget(bool IsGroup, string Name)
{
    /// <summary>One thing.</summary>
    public static JobTarget Thing(string name) => new(false, name);

    /// <summary>All things of a group.</summary>
    public static JobTarget Group(string name) => new(true, name);

    /// <summary>As the last part of a resource name: <c>thing/pump-1</c>.</summary>
    public override string ToString() => (IsGroup ? "thinggroup/" : "thing/") + Name;
}
