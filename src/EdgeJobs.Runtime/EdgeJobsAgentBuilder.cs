using System.Reflection;
using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Logging;

namespace EdgeJobs.Runtime;

/// <summary>Puts an agent together.</summary>
public sealed class EdgeJobsAgentBuilder
{
    private readonly string[] _args;
    private readonly JobHandlers _handlers = new();

    internal EdgeJobsAgentBuilder(string[] args) => _args = args;

    /// <summary>The clock of the agent's waits and pings.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Adds a handler: the agent takes on jobs of its operation. One instance handles all of them, one after the other.</summary>
    /// <typeparam name="THandler">An <see cref="IJobHandler{TDocument}"/> of one document that the generator emitted.</typeparam>
    /// <exception cref="InvalidOperationException">The agent has a handler of this operation already.</exception>
    public EdgeJobsAgentBuilder AddHandler<THandler>()
        where THandler : class, IJobHandler, new() => AddHandler(new THandler());

    /// <summary>Adds a handler that was made elsewhere.</summary>
    /// <typeparam name="THandler">An <see cref="IJobHandler{TDocument}"/> of one document that the generator emitted.</typeparam>
    /// <param name="handler">The handler: it handles all jobs of its operation, one after the other.</param>
    /// <exception cref="InvalidOperationException">The agent has a handler of this operation already.</exception>
    public EdgeJobsAgentBuilder AddHandler<THandler>(THandler handler)
        where THandler : class, IJobHandler
    {
        ArgumentNullException.ThrowIfNull(handler);
        THandler.Register(_handlers, handler);
        return this;
    }

    /// <summary>Does what the command line says: <c>run</c>, <c>validate</c> and all the others.</summary>
    /// <returns>The exit code, one of <see cref="ExitCode"/>.</returns>
    public Task<int> RunAsync() => RunAsync(Assembly.GetEntryAssembly()?.GetName().Name ?? "edgejobs", StandardOutput.Out(), StandardOutput.Error());

    /// <summary>As <see cref="RunAsync()"/>, with a name and streams of its own.</summary>
    internal Task<int> RunAsync(string program, TextWriter output, TextWriter errors) => new AgentCommands(program, _handlers, Time).RunAsync(_args, output, errors);
}
