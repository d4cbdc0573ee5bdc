using EdgeJobs.Client;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Engine;

/// <summary>How a request ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Code">Why the service rejected it, when it did.</param>
/// <param name="Reason">One line for the operator when it was not accepted.</param>
internal readonly record struct Answer(ReplyStatus Status, RejectionCode Code, string Reason)
{
    /// <summary>The service accepted the request.</summary>
    public static Answer Accepted { get; } = new(ReplyStatus.Accepted, RejectionCode.Unknown, string.Empty);

    /// <summary>What is to be made of it.</summary>
    public AnswerClass Class => Status switch
    {
        ReplyStatus.Accepted => AnswerClass.Accepted,
        ReplyStatus.NotConnected => AnswerClass.NotConnected,
        ReplyStatus.Refused => AnswerClass.Refused,
        ReplyStatus.Invalid => AnswerClass.NeverAccepted,
        ReplyStatus.TimedOut or ReplyStatus.Undecodable => AnswerClass.TryAgain,
        _ => Code switch
        {
            RejectionCode.ResourceNotFound or RejectionCode.TerminalStateReached => AnswerClass.Ended,
            RejectionCode.VersionMismatch or RejectionCode.InvalidStateTransition => AnswerClass.Changed,
            RejectionCode.InvalidTopic or RejectionCode.InvalidJson or RejectionCode.InvalidRequest => AnswerClass.NeverAccepted,

            // RequestThrottled, InternalError, and what a later service may say.
            _ => AnswerClass.TryAgain,
        },
    };
}

/// <summary>What is to be made of an answer.</summary>
internal enum AnswerClass
{
    /// <summary>It was accepted.</summary>
    Accepted,

    /// <summary>There was no connection; a new one is being made.</summary>
    NotConnected,

    /// <summary>The broker does not let the message pass: a policy.</summary>
    Refused,

    /// <summary>It may be accepted later.</summary>
    TryAgain,

    /// <summary>The execution stands otherwise than the request assumed.</summary>
    Changed,

    /// <summary>The execution is gone or has ended.</summary>
    Ended,

    /// <summary>It will never be accepted as it is.</summary>
    NeverAccepted,
}
