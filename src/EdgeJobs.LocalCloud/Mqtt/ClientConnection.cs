using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Identity;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// The connection of one client: the channel of its packets, and who the client is. The identity belongs to the connection and not to
/// the client id, as two connections have the same client id for a moment when a client reconnects or takes over a session.
/// </summary>
/// <param name="inner">The channel.</param>
/// <param name="gate">Decides which messages the client may receive.</param>
/// <param name="isTls">Whether it came in through the TLS port, where policies apply.</param>
internal sealed class ClientConnection(IMqttChannelAdapter inner, PolicyGate gate, bool isTls) : IMqttChannelAdapter
{
    /// <summary>Whether policies apply.</summary>
    public bool IsTls => isTls;

    /// <summary>Whether its CONNECT was accepted. Before that, and once it was refused, it may do nothing.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>The client id, once it is admitted.</summary>
    public string? ClientId { get; set; }

    /// <summary>Who the client is; null without TLS, and with TLS until it is admitted.</summary>
    public ClientIdentity? Identity { get; set; }

    /// <summary>Who owns the sessions of this client: the id of its certificate, or empty without TLS.</summary>
    public string Principal => Identity?.CertificateId ?? string.Empty;

    /// <summary>Whether the client speaks MQTT 5.</summary>
    public bool IsMqtt5 => inner.PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

    /// <summary>Whether the client has left a last will, which the library does not expose.</summary>
    public bool HasWill { get; private set; }

    /// <inheritdoc/>
    public long BytesReceived => inner.BytesReceived;

    /// <inheritdoc/>
    public long BytesSent => inner.BytesSent;

    /// <inheritdoc/>
    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public bool IsSecureConnection => inner.IsSecureConnection;

    /// <inheritdoc/>
    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        MqttPacket packet = await inner.ReceivePacketAsync(cancellationToken).ConfigureAwait(false);
        if (packet is MqttConnectPacket connect)
        {
            HasWill = connect.WillFlag;
        }

        return packet;
    }

    /// <inheritdoc/>
    public void ResetStatistics() => inner.ResetStatistics();

    /// <summary>Sends a packet, unless it is a message that the client may not receive.</summary>
    /// <remarks>Here and not only where messages are queued: retained messages and those that wait in a session pass through no other check.</remarks>
    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) =>
        packet is MqttPublishPacket publish && !gate.MayReceive(this, publish.Topic) ? Task.CompletedTask : inner.SendPacketAsync(packet, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        gate.Forget(this);
        inner.Dispose();
    }
}
