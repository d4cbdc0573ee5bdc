using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Handlers;

namespace EdgeJobs.Runtime;

/// <summary>The base of all handlers. Implement <see cref="IJobHandler{TDocument}"/> instead.</summary>
public interface IJobHandler
{
    /// <summary>Registers a handler without reflection. <see cref="IJobHandler{TDocument}"/> implements it.</summary>
    internal static abstract void Register(JobHandlers handlers, IJobHandler handler);
}

/// <summary>Runs the jobs of one operation inside the agent's process.</summary>
/// <typeparam name="TDocument">
/// The document type, which the generator emits for an operation in the spec's <c>x-jobOperations</c>.
/// </typeparam>
public interface IJobHandler<TDocument> : IJobHandler
    where TDocument : class, IJobDocument<TDocument>
{
    /// <summary>
    /// The time limit of one job; null, the default, for none. When it is over, the token is cancelled and the job fails.
    /// </summary>
    TimeSpan? Timeout => null;

    /// <summary>What to do with a job that was interrupted, when the agent starts again. The default is to run it again.</summary>
    InterruptedStep OnInterruption => InterruptedStep.Rerun;

    /// <summary>Runs a job.</summary>
    /// <param name="document">
    /// The document, which satisfies all constraints of the spec. Its raw JSON values are valid as long as it is.
    /// </param>
    /// <param name="context">The job, with its progress and log.</param>
    /// <param name="cancellationToken">
    /// Is cancelled when the job is cancelled or times out, or the agent stops. No other job starts before the handler ends, so end soon.
    /// </param>
    /// <returns>The result. An exception is a failure with its message as the reason.</returns>
    Task<JobResult> RunAsync(TDocument document, JobContext context, CancellationToken cancellationToken);

    /// <inheritdoc/>
    static void IJobHandler.Register(JobHandlers handlers, IJobHandler handler) => handlers.Add((IJobHandler<TDocument>)handler);
}
