namespace EdgeJobs.Client;

/// <summary>The status of a request.</summary>
public enum ReplyStatus
{
    /// <summary>The service accepted it.</summary>
    Accepted,

    /// <summary>The service rejected it, with a reason.</summary>
    Rejected,

    /// <summary>No reply in time. The service may or may not have executed the request.</summary>
    TimedOut,

    /// <summary>No connection, or it was lost before the reply. The service may or may not have executed the request.</summary>
    NotConnected,

    /// <summary>Not sent: the request violates a limit of the spec.</summary>
    Invalid,

    /// <summary>The reply can't be read.</summary>
    Undecodable,

    /// <summary>The server refused the message. AWS IoT does so if no policy allows <c>iot:Publish</c>.</summary>
    Refused,
}
