using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;

namespace EdgeJobs.Client;

/// <summary>Puts our own byte stream under MQTTnet's packet codec.</summary>
internal sealed class ChannelAdapterFactory(Func<TcpChannel> createChannel) : IMqttClientAdapterFactory
{
    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector? packetInspector, IMqttNetLogger logger)
    {
        MqttBufferWriter writer = new(options.WriterBufferSize, options.WriterBufferSizeMax);
        return new MqttChannelAdapter(createChannel(), new MqttPacketFormatterAdapter(options.ProtocolVersion, writer), logger)
        {
            AllowPacketFragmentation = options.AllowPacketFragmentation,
            PacketInspector = packetInspector,
        };
    }
}
