using EdgeJobs.LocalCloud.Commands;

return await CloudProgram.RunAsync(args).ConfigureAwait(false);
