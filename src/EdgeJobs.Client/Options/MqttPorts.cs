namespace EdgeJobs.Client;

/// <summary>The TCP ports of AWS IoT Core and of MQTT brokers.</summary>
public static class MqttPorts
{
    /// <summary>MQTT over TLS.</summary>
    public const int Tls = 8883;

    /// <summary>The port that firewalls let through. AWS IoT takes MQTT with a certificate there when ALPN says <c>x-amzn-mqtt-ca</c>.</summary>
    public const int Https = 443;

    /// <summary>MQTT without TLS.</summary>
    public const int Plain = 1883;
}
