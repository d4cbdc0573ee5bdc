using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Handlers;

/// <summary>Documents that a handler of the agent's own takes: a plan of one step, which calls the handler.</summary>
internal sealed class CustomOperationDocument<TDocument>(JobOperation<TDocument> operation, IJobHandler<TDocument> handler) : DocumentKind(operation)
    where TDocument : class, IJobDocument<TDocument>
{
    public override JobPlan? Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults)
    {
        if (!faults.IsEmpty)
        {
            return null;
        }

        // The shape has told all faults but those of formats, such as a date, which only the reader knows.
        if (!TDocument.TryRead(utf8Json, out TDocument? model, out CodecError error))
        {
            faults.Add(error.Member, error.Kind == CodecErrorKind.WrongType ? "does not have the format that the spec says" : error.Reason, error.Offset);
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
