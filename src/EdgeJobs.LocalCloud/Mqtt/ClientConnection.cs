using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Identity;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// The connection of a client: its packet channel and its identity. The identity belongs to the connection and not to the client id,
/// because two connections share a client id for a moment when a client reconnects or takes over a session.
/// </summary>
/// <param name="isTls">Whether it came through the TLS port, where policies apply.</param>
internal sealed class ClientConnection(IMqttChannelAdapter inner, PolicyEnforcer gate, bool isTls) : IMqttChannelAdapter
{
    public bool IsTls => isTls;

    /// <summary>Whether its CONNECT was accepted. Until then, and after a rejection, it may do nothing.</summary>
    public bool IsAdmitted { get; set; }

    public string? ClientId { get; set; }

    /// <summary>Null without TLS, and with TLS until it is admitted.</summary>
    public ClientIdentity? Identity { get; set; }

    /// <summary>The owner of this client's sessions: the id of its certificate, or empty without TLS.</summary>
    public string Principal => Identity?.CertificateId ?? string.Empty;

    public bool IsMqtt5 => inner.PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

    /// <summary>Whether the client has a last will, which the library does not expose.</summary>
    public bool HasWill { get; private set; }

    /// <summary>The keep-alive period in seconds.</summary>
    public ushort KeepAlive { get; private set; }

    public long BytesReceived => inner.BytesReceived;

    public long BytesSent => inner.BytesSent;

    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        MqttPacket packet = await inner.ReceivePacketAsync(cancellationToken).ConfigureAwait(false);
        if (packet is MqttConnectPacket connect)
        {
            HasWill = connect.WillFlag;
            connect.KeepAlivePeriod = KeepAlive = BrokerLimits.KeepAlive(connect.KeepAlivePeriod);
        }

        return packet;
    }

    public void ResetStatistics() => inner.ResetStatistics();

    /// <summary>Sends a packet, unless it is a message that the client may not receive.</summary>
    /// <remarks>Checked here as well as at enqueueing: retained messages and those queued in a session pass no other check.</remarks>
    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) =>
        packet is MqttPublishPacket publish && !gate.MayReceive(this, publish.Topic)
            ? Task.CompletedTask
            : inner.SendPacketAsync(packet, cancellationToken);

    public void Dispose()
    {
        gate.Forget(this);
        inner.Dispose();
    }
}
