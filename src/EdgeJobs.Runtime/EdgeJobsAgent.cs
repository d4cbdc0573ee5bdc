using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime;

/// <summary>An agent for AWS IoT Jobs, with or without custom handlers.</summary>
/// <example>
/// An agent with a custom job operation, which its spec declares in <c>x-jobOperations</c>:
/// <code>return await EdgeJobsAgent.CreateBuilder(args).AddHandler&lt;SetLedHandler&gt;().RunAsync();</code>
/// </example>
public static class EdgeJobsAgent
{
    /// <summary>The version of this build.</summary>
    public static string Version => AgentVersion.Current;

    /// <summary>Creates a builder.</summary>
    /// <param name="args">The arguments of <c>Main</c>: the program has all commands of <c>edgejobs</c>.</param>
    public static EdgeJobsAgentBuilder CreateBuilder(string[] args) => new(args);
}
