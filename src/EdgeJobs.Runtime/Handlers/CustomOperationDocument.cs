using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Handlers;

/// <summary>The documents of a custom operation: a plan of one step, which calls the handler.</summary>
internal sealed class CustomOperationDocument<TDocument>(JobOperation<TDocument> operation, IJobHandler<TDocument> handler)
    : DocumentKind(operation)
    where TDocument : class, IJobDocument<TDocument>
{
    public override JobPlan? Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults)
    {
        if (!faults.IsEmpty)
        {
            return null;
        }

        // The shape has reported all faults except invalid formats, such as a date, which only the reader checks.
        if (!TDocument.TryRead(utf8Json, out TDocument? model, out CodecError error))
        {
            string reason = error.Kind == CodecErrorKind.WrongType ? "does not have the format that the spec requires" : error.Reason;
            faults.Add(error.Member, reason, error.Offset);
            return null;
        }

        if (!model.TryValidate(out ConstraintViolation violation))
        {
            faults.Add(violation.Member, violation.Rule, 0);
            return null;
        }

        StepPlan step = new()
        {
            Name = Operation.Name,
            Action = new StepAction.RunOperation(new CustomOperationWork<TDocument>(Operation.Name, handler, model)),
            Timeout = handler.Timeout,
            OnInterruption = handler.OnInterruption,
        };
        return new JobPlan { Steps = [step] };
    }
}
