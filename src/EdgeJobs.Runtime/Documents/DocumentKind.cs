using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads the job documents of one job operation.</summary>
/// <param name="operation">The job operation that the spec declares.</param>
internal abstract class DocumentKind(JobOperation operation)
{
    public JobOperation Operation { get; } = operation;

    /// <summary>Whether the value of a member selects this operation.</summary>
    public bool IsNamedBy(JsonElement document) => Operation.Value is { } value
        && document.TryGetProperty(Operation.Member, out JsonElement member)
        && member.ValueKind == JsonValueKind.String
        && member.ValueEquals(value);

    /// <summary>Whether the presence of a member selects this operation.</summary>
    public bool IsMarkedBy(JsonElement document) => Operation.Value is null
        && document.TryGetProperty(Operation.Member, out JsonElement member) && member.ValueKind != JsonValueKind.Null;

    /// <summary>Reads a document that was checked against its shape, and adds the faults that the shape can't express.</summary>
    /// <param name="document">The document. If there are faults already, its members may have other types than the spec declares.</param>
    /// <param name="utf8Json">The document as received.</param>
    /// <param name="faults">Collects the faults.</param>
    /// <returns>The plan; invalid if there are faults.</returns>
    public abstract JobPlan? Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults);
}
