namespace EdgeJobs.Client.Options;

/// <summary>The TCP ports of AWS IoT Core and of MQTT brokers.</summary>
internal static class MqttPorts
{
    /// <summary>MQTT over TLS.</summary>
    public const int Tls = 8883;

    /// <summary>
    /// The port that firewalls allow. AWS IoT accepts MQTT with a certificate there with the ALPN name <c>x-amzn-mqtt-ca</c>.
    /// </summary>
    public const int Https = 443;

    /// <summary>MQTT without TLS.</summary>
    public const int Plain = 1883;
}
