using EdgeJobs.LocalCloud;

return await CloudProgram.RunAsync(args).ConfigureAwait(false);
