using System.Text;
using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Finds the execution in a message that can't be decoded, so that the agent can reject the execution instead of blocking the queue: job
/// documents of any depth and any JSON type reach the board.
/// </summary>
internal static class PartialExecution
{
    /// <summary>The deepest nesting of a document: a message has at most 64 levels, and its document starts at the third.</summary>
    public const int MaxDocumentDepth = 62;

    /// <param name="payload">The message.</param>
    /// <param name="fault">Why it can't be decoded.</param>
    /// <returns>The execution, with a document that has this fault; null if the execution can't be identified.</returns>
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
                    members.Read(ref reader);
                }
            }
        }
        catch (JsonException)
        {
            // Use the members before the fault.
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

    private ref struct Members
    {
        public JobKey? Key { get; private set; }

        public JobExecutionStatus? Status { get; private set; }

        public long Number { get; private set; }

        public long Version { get; private set; }

        public long QueuedAt { get; private set; }

        public long StartedAt { get; private set; }

        public string? DocumentFault { get; private set; }

        /// <summary>Reads a member, from its name to the end of its value.</summary>
        public void Read(ref Utf8JsonReader reader)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            reader.Read();
            switch (name)
            {
                case var _ when name.SequenceEqual("jobId"u8):
                    Key = TextOf(ref reader) is { } jobId && JobKey.IsValidId(jobId) ? new JobKey(jobId, 0) : null;
                    break;
                case var _ when name.SequenceEqual("status"u8):
                    Status = reader.TokenType == JsonTokenType.String
                        && JobExecutionStatusExtensions.TryParseJobExecutionStatus(reader.ValueSpan, out JobExecutionStatus status)
                        && status.IsPending() ? status : null;
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
            reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? Encoding.UTF8.GetString(reader.ValueSpan) : null;

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
                // An object or array starts one level above its own.
                bool isStart = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
                deepest = Math.Max(deepest, reader.CurrentDepth - outside + (isStart ? 1 : 0));
            }

            return deepest > MaxDocumentDepth ? $"the document is nested deeper than {MaxDocumentDepth} levels" : null;
        }
    }
}
