using MQTTnet;
using MQTTnet.Formatter;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Builds CONNECT and describes CONNACK.</summary>
internal static class ConnectPacket
{
    /// <summary>Creates MQTTnet's options for CONNECT.</summary>
    /// <param name="options">The client's options, with the port.</param>
    /// <param name="cleanStart">Whether the server discards an earlier session.</param>
    public static MqttClientOptions Make(MqttConnectionOptions options, bool cleanStart) => new()
    {
        ClientId = options.ClientId,
        ProtocolVersion = options.Version == MqttVersion.V5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311,
        CleanSession = cleanStart,
        MaximumPacketSize = options.Version == MqttVersion.V5 ? MqttConnection.MaxPacketBytes : 0u,
        ReceiveMaximum = options.Version == MqttVersion.V5 ? (ushort)MqttConnection.ReceiveMaximum : (ushort)0,
        SessionExpiryInterval = options.Version == MqttVersion.V5
            ? (uint)Math.Clamp(options.SessionExpiry.TotalSeconds, 0, uint.MaxValue)
            : 0,

        // Zero keeps MQTTnet from pinging; the adapter sends the real period to the server.
        KeepAlivePeriod = TimeSpan.Zero,

        // The client's own time-out ends first, and knows the stage of connecting.
        Timeout = options.ConnectTimeout + TimeSpan.FromSeconds(30),

        // CreateClientAdapter creates the channel; MQTTnet only requires that this is set.
        ChannelOptions = new MqttClientTcpOptions { RemoteEndpoint = new System.Net.DnsEndPoint(options.Host, options.Port ?? 0) },
    };

    /// <summary>One line about the negotiated connection.</summary>
    public static string Describe(
        MqttConnectionOptions options, MqttClientConnectResult answer, TimeSpan keepAlive, int maxUnacknowledged) =>
        $"{(options.Version == MqttVersion.V5 ? "MQTT 5" : "MQTT 3.1.1")} as '{options.ClientId}', "
        + $"{(answer.IsSessionPresent ? "an earlier session" : "no earlier session")}, a ping every {keepAlive.TotalSeconds:0.#} s, "
        + $"at most {maxUnacknowledged} unacknowledged messages";
}
