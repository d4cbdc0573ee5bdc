using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>A test that needs a cgroup in which this process can create cgroups.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CgroupFactAttribute : FactAttribute
{
    public CgroupFactAttribute()
    {
        if (CgroupTree.Find(memory: false) is null)
        {
            Skip = "this process may not make cgroups of version 2";
        }
    }

    public static string? Directory { get; } = CgroupTree.Locate(File.ReadAllLines("/proc/self/cgroup"),
        File.ReadAllLines("/proc/self/mountinfo"));
}
