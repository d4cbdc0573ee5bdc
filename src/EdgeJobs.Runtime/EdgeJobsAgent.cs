using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime;

/// <summary>An agent for AWS IoT Jobs, to be compiled with handlers of one's own or without.</summary>
/// <example>
/// An agent with a job operation of its own, which its spec declares in <c>x-jobOperations</c>:
/// <code>return await EdgeJobsAgent.CreateBuilder(args).AddHandler&lt;SetLedHandler&gt;().RunAsync();</code>
/// </example>
public static class EdgeJobsAgent
{
    /// <summary>The version of this build.</summary>
    public static string Version => AgentVersion.Current;

    /// <summary>Begins to put an agent together.</summary>
    /// <param name="args">The command line, as <c>Main</c> is given it: the program then has all commands of <c>edgejobs</c>.</param>
    public static EdgeJobsAgentBuilder CreateBuilder(string[] args) => new(args);
}
