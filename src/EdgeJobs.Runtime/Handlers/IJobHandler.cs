using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Handlers;

namespace EdgeJobs.Runtime;

/// <summary>What every handler is. Implement <see cref="IJobHandler{TDocument}"/>.</summary>
public interface IJobHandler
{
    /// <summary>Registers a handler. <see cref="IJobHandler{TDocument}"/> implements it: no type is looked up at run time.</summary>
    internal static abstract void Register(JobHandlers handlers, IJobHandler handler);
}

/// <summary>Does what the job documents of one operation ask for, inside the agent's own process.</summary>
/// <typeparam name="TDocument">The document, emitted by the generator for an operation in the spec's <c>x-jobOperations</c>.</typeparam>
public interface IJobHandler<TDocument> : IJobHandler
    where TDocument : class, IJobDocument<TDocument>
{
    /// <summary>
    /// How long one job may take; null, as it is unless overridden, for any time. Then its token is cancelled and it has failed.
    /// </summary>
    TimeSpan? Timeout => null;

    /// <summary>
    /// What becomes of a job when the agent finds at its start that it was interrupted: it runs again, unless overridden.
    /// </summary>
    InterruptedStep OnInterruption => InterruptedStep.Rerun;

    /// <summary>Does what a document asks for.</summary>
    /// <param name="document">
    /// The document, within all limits of the spec. What it holds of free form is valid as long as the document.
    /// </param>
    /// <param name="context">The job, and where its progress is told.</param>
    /// <param name="cancellationToken">
    /// Is cancelled when the job is taken back, takes too long, or the agent stops. No other job begins before the handler has ended:
    /// end soon.
    /// </param>
    /// <returns>How it ended. An exception is a failure with its message as reason.</returns>
    Task<JobResult> RunAsync(TDocument document, JobContext context, CancellationToken cancellationToken);

    /// <inheritdoc/>
    static void IJobHandler.Register(JobHandlers handlers, IJobHandler handler) => handlers.Add((IJobHandler<TDocument>)handler);
}
