using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client;

/// <summary>
/// Stands between MQTTnet's client and its packet codec for what the client's options can't say: the server is told of a
/// keep-alive that <see cref="KeepAlive"/> keeps instead of MQTTnet.
/// </summary>
internal sealed class LinkAdapter(IMqttChannelAdapter inner, TimeSpan keepAlive) : IMqttChannelAdapter
{
    /// <summary>AWS IoT has answered MQTT 3.1.1 with it for "not authorized"; the standard ends at 5.</summary>
    private const MqttConnectReturnCode AwsNotAuthorized = (MqttConnectReturnCode)7;

    private bool _isAccepted;

    /// <summary>The period that the server asks for in its CONNACK, in seconds; 0 for none.</summary>
    public int ServerKeepAlive { get; private set; }

    public long BytesReceived => inner.BytesReceived;

    public long BytesSent => inner.BytesSent;

    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttConnectPacket connect)
        {
            connect.KeepAlivePeriod = (ushort)Math.Clamp(keepAlive.TotalSeconds, 0, ushort.MaxValue);
        }

        return inner.SendPacketAsync(packet, cancellationToken);
    }

    public Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken) =>
        _isAccepted ? inner.ReceivePacketAsync(cancellationToken) : ReceiveFirstAsync(cancellationToken);

    public void ResetStatistics() => inner.ResetStatistics();

    public void Dispose() => inner.Dispose();

    private async Task<MqttPacket> ReceiveFirstAsync(CancellationToken cancellationToken)
    {
        MqttPacket packet = await inner.ReceivePacketAsync(cancellationToken).ConfigureAwait(false);
        if (packet is MqttConnAckPacket acknowledgement)
        {
            _isAccepted = true;

            // MQTTnet would begin pings of its own beside ours.
            ServerKeepAlive = acknowledgement.ServerKeepAlive;
            acknowledgement.ServerKeepAlive = 0;
            if (acknowledgement.ReturnCode == AwsNotAuthorized)
            {
                acknowledgement.ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized;
            }
        }

        return packet;
    }
}
