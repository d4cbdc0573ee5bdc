namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>A <see cref="CgroupFactAttribute"/> with arguments.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CgroupTheoryAttribute : TheoryAttribute
{
    public CgroupTheoryAttribute() => Skip = new CgroupFactAttribute().Skip;
}
