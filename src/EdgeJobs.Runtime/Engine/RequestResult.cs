using EdgeJobs.Client;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Engine;

/// <summary>How a request to the service ended.</summary>
/// <param name="Status">How the client saw it end.</param>
/// <param name="Code">Why the service rejected it, if it did.</param>
/// <param name="Reason">One line for the operator if it was not accepted.</param>
internal readonly record struct RequestResult(ReplyStatus Status, RejectionCode Code, string Reason)
{
    public static RequestResult Accepted { get; } = new(ReplyStatus.Accepted, RejectionCode.Unknown, string.Empty);

    /// <param name="status">How the client saw it end.</param>
    /// <param name="rejected">The service's rejection, if there is one. Its code may be one that this build does not know.</param>
    /// <param name="reason">The client's reason otherwise.</param>
    public static RequestResult Of(ReplyStatus status, RejectedResponse? rejected, string reason)
    {
        if (rejected is null)
        {
            return new RequestResult(status, default, reason);
        }

        string code = rejected.Code == RejectionCode.Unknown ? "a code that this agent does not know" : rejected.Code.ToWireString();
        return new RequestResult(status, rejected.Code, string.IsNullOrEmpty(rejected.Message) ? code : $"{code}: {rejected.Message}");
    }

    public RequestResultKind Kind => Status switch
    {
        ReplyStatus.Accepted => RequestResultKind.Accepted,
        ReplyStatus.NotConnected => RequestResultKind.NotConnected,
        ReplyStatus.Refused => RequestResultKind.Refused,
        ReplyStatus.Invalid => RequestResultKind.Invalid,
        ReplyStatus.TimedOut or ReplyStatus.Undecodable => RequestResultKind.Retryable,
        _ => Code switch
        {
            RejectionCode.ResourceNotFound or RejectionCode.TerminalStateReached => RequestResultKind.Ended,
            RejectionCode.VersionMismatch or RejectionCode.InvalidStateTransition => RequestResultKind.Conflict,
            RejectionCode.InvalidTopic or RejectionCode.InvalidJson or RejectionCode.InvalidRequest => RequestResultKind.Invalid,

            // RequestThrottled, InternalError, and codes of a later service.
            _ => RequestResultKind.Retryable,
        },
    };
}

/// <summary>What the agent does about a result.</summary>
internal enum RequestResultKind
{
    Accepted,

    /// <summary>There is no connection; the client reconnects.</summary>
    NotConnected,

    /// <summary>The broker refused the message: a policy denies it.</summary>
    Refused,

    /// <summary>The same request may succeed later.</summary>
    Retryable,

    /// <summary>The execution has another state or version than the request expected.</summary>
    Conflict,

    /// <summary>The execution is gone or has ended.</summary>
    Ended,

    /// <summary>The same request will never succeed.</summary>
    Invalid,
}
