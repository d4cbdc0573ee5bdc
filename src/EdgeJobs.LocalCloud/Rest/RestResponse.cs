using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>A response of the REST API: an HTTP status, a JSON body, and for errors the name of AWS's exception.</summary>
internal readonly record struct RestResponse(int Status, ReadOnlyMemory<byte> Body, string? ErrorType, string? Message = null)
{
    public static RestResponse Empty => new(200, ReadOnlyMemory<byte>.Empty, null);

    public static RestResponse Ok<T>(T value, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(value, type), null);

    public static RestResponse InvalidRequest(string message) => Error(400, "InvalidRequestException", message);

    public static RestResponse NotFound(string message) => Error(404, "ResourceNotFoundException", message);

    public static RestResponse InvalidStateTransition(string message) => Error(409, "InvalidStateTransitionException", message);

    public static RestResponse VersionConflict(string message) => Error(409, "VersionConflictException", message);

    public static RestResponse LimitExceeded(string message) => Error(410, "LimitExceededException", message);

    public static RestResponse TerminalState(string message) => Error(410, "TerminalStateException", message);

    public static RestResponse Error(int status, string type, string message, string? resourceId = null, string? resourceArn = null) => new(
        status,
        JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(message, resourceId, resourceArn), RestJson.Default.ErrorBody),
        type,
        message);
}
