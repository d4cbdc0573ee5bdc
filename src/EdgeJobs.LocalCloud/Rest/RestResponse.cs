using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>An answer of the REST API: a status, a JSON body, and for errors the name of AWS's exception.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON text; empty where AWS sends none.</param>
/// <param name="ErrorType">The exception's name, or null for a success.</param>
/// <param name="Message">The message of an error; null for a success.</param>
internal readonly record struct RestResponse(int Status, ReadOnlyMemory<byte> Body, string? ErrorType, string? Message = null)
{
    /// <summary>A success without a body.</summary>
    public static RestResponse Empty => new(200, ReadOnlyMemory<byte>.Empty, null);

    /// <summary>A success with a body.</summary>
    public static RestResponse Ok<T>(T value, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(value, type), null);

    /// <summary>400: the request itself is wrong.</summary>
    public static RestResponse InvalidRequest(string message) => Error(400, "InvalidRequestException", message);

    /// <summary>404: there is no such thing, job or execution.</summary>
    public static RestResponse NotFound(string message) => Error(404, "ResourceNotFoundException", message);

    /// <summary>409: its state doesn't allow it.</summary>
    public static RestResponse InvalidStateTransition(string message) => Error(409, "InvalidStateTransitionException", message);

    /// <summary>409: another version was expected.</summary>
    public static RestResponse VersionConflict(string message) => Error(409, "VersionConflictException", message);

    /// <summary>410: too many of something.</summary>
    public static RestResponse LimitExceeded(string message) => Error(410, "LimitExceededException", message);

    /// <summary>410, device plane: the execution has ended.</summary>
    public static RestResponse TerminalState(string message) => Error(410, "TerminalStateException", message);

    /// <summary>An error under any name.</summary>
    public static RestResponse Error(int status, string type, string message, string? resourceId = null, string? resourceArn = null) => new(
        status,
        JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(message, resourceId, resourceArn), RestJson.Default.ErrorBody),
        type,
        message);
}
