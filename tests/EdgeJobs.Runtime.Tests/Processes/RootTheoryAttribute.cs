namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>A test with data that needs root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "only root can install packages";
        }
    }
}
