namespace EdgeJobs.Runtime.Text;

internal static class AgentVersion
{
    /// <summary>Major, minor and patch number of this build.</summary>
    public static string Current { get; } = typeof(AgentVersion).Assembly.GetName().Version?.ToString(3) ?? "?";
}
