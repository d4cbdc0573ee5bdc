namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>A test of what only root can do.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "only root can change the user";
        }
    }
}
