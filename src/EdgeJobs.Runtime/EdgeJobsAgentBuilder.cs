using System.Reflection;
using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Logging;

namespace EdgeJobs.Runtime;

/// <summary>Builds and runs an agent.</summary>
public sealed class EdgeJobsAgentBuilder
{
    private readonly string[] _args;
    private readonly JobHandlers _handlers = new();

    internal EdgeJobsAgentBuilder(string[] args) => _args = args;

    /// <summary>The clock of the agent's delays and pings.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The commit that the program was built from, for <c>--version</c>; empty if it is unknown.</summary>
    internal string Commit { get; set; } = string.Empty;

    /// <summary>Adds a handler: the agent accepts jobs of its operation. One instance handles all of them, one at a time.</summary>
    /// <typeparam name="THandler">An <see cref="IJobHandler{TDocument}"/> of a document that the generator emitted.</typeparam>
    /// <exception cref="InvalidOperationException">The agent already has a handler for this operation.</exception>
    public EdgeJobsAgentBuilder AddHandler<THandler>()
        where THandler : class, IJobHandler, new() => AddHandler(new THandler());

    /// <summary>Adds an existing handler.</summary>
    /// <typeparam name="THandler">An <see cref="IJobHandler{TDocument}"/> of a document that the generator emitted.</typeparam>
    /// <param name="handler">The handler. It handles all jobs of its operation, one at a time.</param>
    /// <exception cref="InvalidOperationException">The agent already has a handler for this operation.</exception>
    public EdgeJobsAgentBuilder AddHandler<THandler>(THandler handler)
        where THandler : class, IJobHandler
    {
        ArgumentNullException.ThrowIfNull(handler);
        THandler.Register(_handlers, handler);
        return this;
    }

    /// <summary>Runs the command of the command line: <c>run</c>, <c>validate</c> or another.</summary>
    /// <returns>The exit code, one of <see cref="ExitCode"/>.</returns>
    public Task<int> RunAsync() =>
        RunAsync(Assembly.GetEntryAssembly()?.GetName().Name ?? "edgejobs", StandardOutput.Out(), StandardOutput.Error());

    /// <summary><see cref="RunAsync()"/> with another program name and other streams.</summary>
    internal Task<int> RunAsync(string program, TextWriter output, TextWriter errors) =>
        new AgentCommands(program, _handlers, Time, Commit).RunAsync(_args, output, errors);
}
