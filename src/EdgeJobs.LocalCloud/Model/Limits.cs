using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>The limits of names and values; the same as AWS's.</summary>
internal static class Limits
{
    /// <summary>The longest name of a thing or a group, in characters.</summary>
    public const int NameLength = 128;

    public const int JobIdLength = 64;

    /// <summary>The longest time limit and step timer, in minutes: 7 days.</summary>
    public const int TimeoutInMinutes = 10080;

    /// <summary>The largest job document, in bytes of UTF-8.</summary>
    public const int DocumentBytes = 32768;

    /// <summary>The deepest nesting of a job document: the messages that carry it add two levels, and JSON readers stop at 64.</summary>
    public const int DocumentLevels = 60;

    /// <summary>The longest description or comment, in characters.</summary>
    public const int TextLength = 2028;

    public const int ReasonCodeLength = 128;

    public const int Targets = 100;

    /// <summary>The largest number of executions in one <c>notify</c>, and of QUEUED ones in a response to <c>get</c>.</summary>
    public const int ListedExecutions = 10;

    public const int MinUrlSeconds = 60;

    public const int MaxUrlSeconds = 3600;

    private const string Placeholder = "aws:iot:";

    private const string S3Placeholder = "s3-presigned-url";

    private static readonly SearchValues<char> JobIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_-");

    private static readonly SearchValues<char> ReasonCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    public static bool IsName(string name) => name.Length is >= 1 and <= NameLength && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    public static bool IsJobId(string jobId) =>
        jobId.Length is >= 1 and <= JobIdLength && !jobId.AsSpan().ContainsAnyExcept(JobIdCharacters);

    /// <summary>
    /// True for names that have another meaning in place of the job id in a topic: a device could never address such a job.
    /// </summary>
    public static bool IsReservedJobId(string jobId) => jobId is "get" or "start-next" or "notify" or "notify-next";

    public static ServiceError? CheckReason(string? reasonCode, string? comment) =>
        reasonCode is not null && (reasonCode.Length > ReasonCodeLength || reasonCode.AsSpan().ContainsAnyExcept(ReasonCharacters))
            ? ServiceError.Invalid($"reasonCode must be at most {ReasonCodeLength} upper-case letters, digits and underscores")
            : CheckText("comment", comment);

    /// <summary>Checks a job document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="urls">Resolves S3 placeholders; null to refuse them.</param>
    /// <param name="hasUrlConfig">Whether the job has a presignedUrlConfig.</param>
    public static ServiceError? CheckDocument(RawJson document, PresignedUrls? urls, bool hasUrlConfig)
    {
        if (document.Utf8.Length > DocumentBytes)
        {
            return ServiceError.Invalid($"document must be at most {DocumentBytes} bytes");
        }

        if (!Utf8.IsValid(document.Utf8.Span) || !document.IsObject())
        {
            return ServiceError.Invalid("document must be a JSON object");
        }

        int deepest = 0;
        Utf8JsonReader reader = new(document.Utf8.Span);
        while (reader.Read())
        {
            deepest = Math.Max(deepest, reader.CurrentDepth);
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && PlaceholderIn(reader) is { } name)
            {
                if (urls is not null && name.StartsWith(S3Placeholder, StringComparison.Ordinal))
                {
                    // As written: an escaped placeholder is not found when it is resolved.
                    string? fault = hasUrlConfig
                        ? urls.FindFault(Encoding.UTF8.GetString(reader.ValueSpan))
                        : "presignedUrlConfig is required: document contains an S3 placeholder";
                    if (fault is null)
                    {
                        continue;
                    }

                    return ServiceError.Invalid(fault);
                }

                return ServiceError.Invalid(
                    $"document contains the placeholder ${{{Placeholder}{name}…}}, which the local cloud does not resolve: write the "
                    + "value itself");
            }
        }

        return deepest > DocumentLevels ? ServiceError.Invalid($"document must be nested at most {DocumentLevels} levels deep") : null;
    }

    // The name of a placeholder that AWS would resolve; a board would get it unresolved.
    private static string? PlaceholderIn(Utf8JsonReader reader)
    {
        byte[] text = new byte[reader.ValueSpan.Length];
        string value;
        try
        {
            value = Encoding.UTF8.GetString(text, 0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate: check the text as written, without unescaping it.
            value = Encoding.UTF8.GetString(reader.ValueSpan);
        }

        int start = value.IndexOf("${" + Placeholder, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        string rest = value[(start + 2 + Placeholder.Length)..];
        int end = rest.AsSpan().IndexOfAny(":}");
        return SafeText.Of(end < 0 ? rest : rest[..(end + (rest[end] == ':' ? 1 : 0))], 40);
    }

    public static ServiceError? CheckText(string member, string? text) => text?.Length > TextLength
        ? ServiceError.Invalid($"{member} must be at most {TextLength} characters")
        : null;

    public static ServiceError? CheckStatusDetails(ValueMap<string>? details) =>
        details is not null && !new StartNextPendingJobExecutionRequest { StatusDetails = details }.TryValidate(
            out ConstraintViolation violation)
            ? ServiceError.Invalid(violation.ToString())
            : null;
}
