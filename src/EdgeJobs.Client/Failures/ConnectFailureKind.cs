namespace EdgeJobs.Client;

/// <summary>The kinds of connection failures.</summary>
public enum ConnectFailureKind
{
    /// <summary>A certificate, key or CA file can't be used. Retrying does not help.</summary>
    Credentials,

    /// <summary>The host name does not resolve, or the host does not respond. May be temporary.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed: no TLS on this port, an untrusted server, or a rejected client certificate.</summary>
    Tls,

    /// <summary>The server refused CONNECT. AWS IoT does so if no policy allows <c>iot:Connect</c>.</summary>
    Refused,

    /// <summary>The server refused a subscription. AWS IoT does so if no policy allows <c>iot:Subscribe</c>.</summary>
    SubscriptionRefused,

    /// <summary>The server violates MQTT, is busy, or closes the connection without a reason. May be temporary.</summary>
    Protocol,
}
