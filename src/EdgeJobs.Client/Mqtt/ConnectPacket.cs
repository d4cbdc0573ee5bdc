using MQTTnet;
using MQTTnet.Formatter;

namespace EdgeJobs.Client.Mqtt;

/// <summary>What CONNECT says, and CONNACK answers.</summary>
internal static class ConnectPacket
{
    /// <summary>Makes the options from which MQTTnet makes CONNECT.</summary>
    /// <param name="options">Ours, with the port.</param>
    /// <param name="cleanStart">Whether the server is to discard an earlier session.</param>
    public static MqttClientOptions Make(MqttConnectionOptions options, bool cleanStart) => new()
    {
        ClientId = options.ClientId,
        ProtocolVersion = options.Version == MqttVersion.V5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311,
        CleanSession = cleanStart,
        MaximumPacketSize = options.Version == MqttVersion.V5 ? MqttConnection.MaxPacketBytes : 0u,
        ReceiveMaximum = options.Version == MqttVersion.V5 ? (ushort)MqttConnection.ReceiveMaximum : (ushort)0,
        SessionExpiryInterval = options.Version == MqttVersion.V5 ? (uint)Math.Clamp(options.SessionExpiry.TotalSeconds, 0, uint.MaxValue) : 0,

        // Zero keeps MQTTnet from pinging; the adapter tells the server the true one.
        KeepAlivePeriod = TimeSpan.Zero,

        // Ours ends first, and knows how far connecting has come.
        Timeout = options.ConnectTimeout + TimeSpan.FromSeconds(30),

        // Ours is made by CreateClientAdapter; MQTTnet only wants to see that there is one.
        ChannelOptions = new MqttClientTcpOptions { RemoteEndpoint = new System.Net.DnsEndPoint(options.Host, options.Port ?? 0) },
    };

    /// <summary>Says in one line what was agreed on.</summary>
    public static string Describe(MqttConnectionOptions options, MqttClientConnectResult answer, TimeSpan keepAlive, int maxUnacknowledged) =>
        $"{(options.Version == MqttVersion.V5 ? "MQTT 5" : "MQTT 3.1.1")} as '{options.ClientId}', "
        + $"{(answer.IsSessionPresent ? "an earlier session" : "no earlier session")}, a ping each {keepAlive.TotalSeconds:0.#} s, "
        + $"at most {maxUnacknowledged} messages at a time";
}
