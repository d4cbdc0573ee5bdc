namespace EdgeJobs.Client;

/// <summary>The classes of faults when connecting.</summary>
public enum ConnectFailureKind
{
    /// <summary>A certificate, key or CA file can't be used. Trying again does not help.</summary>
    Credentials,

    /// <summary>The host's name does not resolve, or nothing answers there. May pass.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed: the port speaks no TLS, the server is not trusted, or it refuses the certificate.</summary>
    Tls,

    /// <summary>The server refused CONNECT, as AWS IoT does when no policy allows <c>iot:Connect</c>.</summary>
    Refused,

    /// <summary>The server refused a subscription, as AWS IoT does when no policy allows <c>iot:Subscribe</c>.</summary>
    SubscriptionRefused,

    /// <summary>The server does not speak MQTT as it should, is busy, or closes the connection without saying why. May pass.</summary>
    Protocol,
}
