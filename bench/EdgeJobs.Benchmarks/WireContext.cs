using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeJobs.Benchmarks;

/// <summary>The same messages, written by hand for the source generator of System.Text.Json.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StjDescribeResponse))]
[JsonSerializable(typeof(StjUpdateRequest))]
internal sealed partial class WireContext : JsonSerializerContext;

internal sealed class StjDescribeResponse
{
    public string? ClientToken { get; set; }

    public long? Timestamp { get; set; }

    public StjExecution? Execution { get; set; }
}

internal sealed class StjExecution
{
    public string? JobId { get; set; }

    public string? Status { get; set; }

    public Dictionary<string, string>? StatusDetails { get; set; }

    public long? QueuedAt { get; set; }

    public long? StartedAt { get; set; }

    public long? LastUpdatedAt { get; set; }

    public long? ApproximateSecondsBeforeTimedOut { get; set; }

    public long? VersionNumber { get; set; }

    public long? ExecutionNumber { get; set; }

    public JsonElement? JobDocument { get; set; }
}

internal sealed class StjUpdateRequest
{
    public string? ClientToken { get; set; }

    public string? Status { get; set; }

    public Dictionary<string, string>? StatusDetails { get; set; }

    public long? ExpectedVersion { get; set; }
}
