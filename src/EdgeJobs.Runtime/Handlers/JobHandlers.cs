using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;

namespace EdgeJobs.Runtime.Handlers;

/// <summary>The job operations that an agent has handlers for.</summary>
internal sealed class JobHandlers
{
    private readonly List<DocumentKind> _kinds = [];

    /// <summary>Their documents.</summary>
    public IReadOnlyList<DocumentKind> Kinds => _kinds;

    public void Add<TDocument>(IJobHandler<TDocument> handler)
        where TDocument : class, IJobDocument<TDocument>
    {
        JobOperation<TDocument> operation = TDocument.JobOperation;
        if (_kinds.Exists(k => k.Operation.Member == operation.Member && k.Operation.Value == operation.Value))
        {
            throw new InvalidOperationException($"the agent has a handler of the job operation '{operation.Name}' already; add one of them");
        }

        _kinds.Add(new CustomOperationDocument<TDocument>(operation, handler));
    }
}
