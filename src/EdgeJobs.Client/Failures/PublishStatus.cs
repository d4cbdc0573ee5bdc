namespace EdgeJobs.Client;

/// <summary>The status of a publish.</summary>
public enum PublishStatus
{
    /// <summary>The server has acknowledged it (PUBACK with a reason code below 0x80).</summary>
    Acknowledged,

    /// <summary>No connection, or it was lost before the acknowledgement: the server may or may not have the message.</summary>
    NotConnected,

    /// <summary>The server refused it. AWS IoT does so if no policy allows <c>iot:Publish</c>.</summary>
    Refused,

    /// <summary>Not sent: the message exceeds 128 KB, the limit of AWS IoT, or the limit that the server has stated.</summary>
    TooLarge,

    /// <summary>Not sent: the message violates a limit of the spec, or asks the server to retain it and the server does not.</summary>
    Invalid,
}
