using System.Buffers;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>A message from the service to a device.</summary>
internal readonly record struct DeviceMessage(string Topic, ReadOnlyMemory<byte> Payload)
{
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
