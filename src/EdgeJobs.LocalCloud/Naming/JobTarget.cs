namespace EdgeJobs.LocalCloud.Naming;

/// <summary>The target of a job.</summary>
/// <param name="IsGroup">True for a thing group, false for a thing.</param>
/// <param name="Name">The name of the thing or the group.</param>
internal readonly record struct JobTarget(bool IsGroup, string Name)
{
    public static JobTarget Thing(string name) => new(false, name);

    public static JobTarget Group(string name) => new(true, name);

    /// <summary>The resource part of its ARN, such as <c>thing/pump-1</c>.</summary>
    public override string ToString() => (IsGroup ? "thinggroup/" : "thing/") + Name;
}
