using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Finds the execution in a message that can't be read as a whole, so that it can be rejected instead of blocking the queue: job documents of
/// any depth and of any JSON type reach the board.
/// </summary>
internal static class PartialExecution
{
    /// <summary>How deep a document may be nested: a message takes 64 levels, and a document begins at the third one.</summary>
    public const int MaxDocumentDepth = 62;

    /// <summary>Reads what identifies the execution.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="fault">Why it can't be read as a whole.</param>
    /// <returns>The execution, its document with the fault; null when it can't be identified.</returns>
    public static ExecutionOffer? Find(ReadOnlySpan<byte> payload, string fault)
    {
        Members members = default;
        try
        {
            Utf8JsonReader reader = new(payload, new JsonReaderOptions { MaxDepth = int.MaxValue });
            if (FindExecution(ref reader))
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    members.Take(ref reader);
                }
            }
        }
        catch (JsonException)
        {
            // What came before the fault counts.
        }

        if (members.Key is not { } key || members.Status is not { } status || members.Version == 0)
        {
            return null;
        }

        DocumentFault reason = new(string.Empty, members.DocumentFault ?? fault, 1, 1);
        return new ExecutionOffer(key with { ExecutionNumber = members.Number }, status, members.Version, new DocumentResult([reason]))
        {
            QueuedAt = members.QueuedAt,
            StartedAt = members.StartedAt,
        };
    }

    private static bool FindExecution(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isExecution = reader.ValueSpan.SequenceEqual("execution"u8);
            reader.Read();
            if (isExecution)
            {
                return reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>What was found so far.</summary>
    private ref struct Members
    {
        public JobKey? Key { get; private set; }

        public JobExecutionStatus? Status { get; private set; }

        public long Number { get; private set; }

        public long Version { get; private set; }

        public long QueuedAt { get; private set; }

        public long StartedAt { get; private set; }

        public string? DocumentFault { get; private set; }

        /// <summary>Takes a member: from its name to the end of its value.</summary>
        public void Take(ref Utf8JsonReader reader)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            reader.Read();
            switch (name)
            {
                case var _ when name.SequenceEqual("jobId"u8):
                    Key = TextOf(ref reader) is { } jobId && JobKey.IsValidId(jobId) ? new JobKey(jobId, 0) : null;
                    break;
                case var _ when name.SequenceEqual("status"u8):
                    Status = TextOf(ref reader) switch
                    {
                        "QUEUED" => JobExecutionStatus.Queued,
                        "IN_PROGRESS" => JobExecutionStatus.InProgress,
                        _ => null,
                    };
                    break;
                case var _ when name.SequenceEqual("executionNumber"u8):
                    Number = NumberOf(ref reader);
                    break;
                case var _ when name.SequenceEqual("versionNumber"u8):
                    Version = NumberOf(ref reader);
                    break;
                case var _ when name.SequenceEqual("queuedAt"u8):
                    QueuedAt = NumberOf(ref reader);
                    break;
                case var _ when name.SequenceEqual("startedAt"u8):
                    StartedAt = NumberOf(ref reader);
                    break;
                case var _ when name.SequenceEqual("jobDocument"u8):
                    DocumentFault = FaultOf(ref reader);
                    return;
            }

            reader.Skip();
        }

        private static string? TextOf(ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : null;

        private static long NumberOf(ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : 0;

        private static string? FaultOf(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return "the document must be a JSON object";
            }

            int outside = reader.CurrentDepth;
            int deepest = 0;
            while (reader.Read() && reader.CurrentDepth > outside)
            {
                // An object or array begins one level above its own.
                int own = reader.CurrentDepth - outside + (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);
                deepest = Math.Max(deepest, own);
            }

            return deepest > MaxDocumentDepth ? $"the document is nested deeper than {MaxDocumentDepth} levels" : null;
        }
    }
}
