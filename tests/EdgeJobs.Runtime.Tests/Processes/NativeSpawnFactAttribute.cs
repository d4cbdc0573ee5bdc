using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>A test that needs the native agent's way to start processes, as a library, and cgroups.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeSpawnFactAttribute : FactAttribute
{
    public NativeSpawnFactAttribute()
    {
        if (!NativeSpawn.IsLinked || CgroupTree.Find(memory: false) is null)
        {
            Skip = "there is no C compiler, or this process may not make cgroups of version 2";
        }
    }
}
