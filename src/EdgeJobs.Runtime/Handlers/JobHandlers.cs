using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;

namespace EdgeJobs.Runtime.Handlers;

/// <summary>The handlers of an agent.</summary>
internal sealed class JobHandlers
{
    private readonly List<DocumentKind> _kinds = [];

    public IReadOnlyList<DocumentKind> Kinds => _kinds;

    public void Add<TDocument>(IJobHandler<TDocument> handler)
        where TDocument : class, IJobDocument<TDocument>
    {
        JobOperation<TDocument> operation = TDocument.JobOperation;
        if (_kinds.Exists(k => k.Operation.Member == operation.Member && k.Operation.Value == operation.Value))
        {
            throw new InvalidOperationException($"the agent already has a handler for the job operation '{operation.Name}'; add only one");
        }

        _kinds.Add(new CustomOperationDocument<TDocument>(operation, handler));
    }
}
