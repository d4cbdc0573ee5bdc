namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>A test that needs root.</summary>
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
