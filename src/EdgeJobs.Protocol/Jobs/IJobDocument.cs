namespace EdgeJobs.Protocol;

/// <summary>
/// A job document: what a job asks a board for. The generator emits one for each job operation of the spec (<c>x-jobOperations</c>).
/// </summary>
/// <typeparam name="TSelf">The document itself.</typeparam>
public interface IJobDocument<TSelf> : IMessage<TSelf>
    where TSelf : class, IJobDocument<TSelf>
{
    /// <summary>The job operation that the document is of.</summary>
    static abstract JobOperation<TSelf> JobOperation { get; }
}
