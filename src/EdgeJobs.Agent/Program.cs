using EdgeJobs.Agent;
using EdgeJobs.Runtime.Logging;

return await AgentProgram.RunAsync(args, StandardOutput.Out(), StandardOutput.Error()).ConfigureAwait(false);
