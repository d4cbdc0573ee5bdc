using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>The job documents of one job operation, and what they make the agent do.</summary>
/// <param name="operation">The job operation as the spec declares it.</param>
internal abstract class DocumentKind(JobOperation operation)
{
    public JobOperation Operation { get; } = operation;

    /// <summary>Whether a document is of this operation by the value of a member.</summary>
    public bool IsNamedBy(JsonElement document) => Operation.Value is { } value
        && document.TryGetProperty(Operation.Member, out JsonElement member) && member.ValueKind == JsonValueKind.String && member.ValueEquals(value);

    /// <summary>Whether a document is of this operation by the presence of a member.</summary>
    public bool IsMarkedBy(JsonElement document) => Operation.Value is null
        && document.TryGetProperty(Operation.Member, out JsonElement member) && member.ValueKind != JsonValueKind.Null;

    /// <summary>Reads a document that has been held against its shape, and notes the faults that the shape can't tell.</summary>
    /// <param name="document">The document. Where there are faults already, its members may be of other types than the spec says.</param>
    /// <param name="utf8Json">The same as it was received.</param>
    /// <param name="faults">Takes the faults.</param>
    /// <returns>The plan; of no use when there are faults.</returns>
    public abstract JobPlan? Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults);
}
