using EdgeJobs.Runtime;


return await EdgeJobsAgent.CreateBuilder(args).RunAsync().ConfigureAwait(false);
