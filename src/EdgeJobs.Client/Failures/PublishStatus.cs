namespace EdgeJobs.Client;

/// <summary>What became of a publish.</summary>
public enum PublishStatus
{
    /// <summary>The server has acknowledged it (PUBACK with a reason code below 0x80).</summary>
    Acknowledged,

    /// <summary>There is no connection, or it was lost before the acknowledgement came: the server may or may not have it.</summary>
    NotConnected,

    /// <summary>The server refused it, as AWS IoT does when no policy allows <c>iot:Publish</c>.</summary>
    Refused,

    /// <summary>It has more than 128 KB, which AWS IoT does not take, or than the server has said that it takes, and was not sent.</summary>
    TooLarge,

    /// <summary>It breaks a limit of the spec, or is to be retained where nothing is, and was not sent.</summary>
    Invalid,
}
