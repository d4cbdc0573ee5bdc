namespace EdgeJobs.Client;

/// <summary>How a request ended.</summary>
public enum ReplyStatus
{
    /// <summary>The service accepted it.</summary>
    Accepted,

    /// <summary>The service rejected it, with a reason.</summary>
    Rejected,

    /// <summary>No reply came in time. The service may or may not have acted on the request.</summary>
    TimedOut,

    /// <summary>There was no connection, or it was lost before the reply came. The service may or may not have acted on the request.</summary>
    NotConnected,

    /// <summary>The request breaks a limit of the spec and was not sent.</summary>
    Invalid,

    /// <summary>A reply came, but can't be read.</summary>
    Undecodable,

    /// <summary>The server refused to take the message, as AWS IoT does when no policy allows <c>iot:Publish</c>.</summary>
    Refused,
}
