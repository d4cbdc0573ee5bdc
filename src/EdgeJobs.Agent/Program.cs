using EdgeJobs.Agent;
using EdgeJobs.Runtime;

EdgeJobsAgentBuilder agent = EdgeJobsAgent.CreateBuilder(args);
agent.Commit = SourceCommit.Text;
return await agent.RunAsync().ConfigureAwait(false);
