using System.Buffers;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>A message from the service to a device.</summary>
/// <param name="Topic">The MQTT topic.</param>
/// <param name="Payload">The JSON text; never changed afterwards.</param>
internal readonly record struct DeviceMessage(string Topic, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Encodes a message.</summary>
    public static DeviceMessage Of<T>(string topic, T message)
        where T : class, IMessage<T>
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using Utf8JsonWriter writer = new(buffer);
        message.WriteTo(writer);
        writer.Flush();
        return new DeviceMessage(topic, buffer.WrittenMemory);
    }
}
