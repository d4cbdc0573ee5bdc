using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EdgeJobs.Protocol.Tests;

/// <summary>Helpers for reading and writing messages in tests.</summary>
internal static class Codec
{
    public static T Read<T>(string json)
        where T : class, IMessage<T>
    {
        Assert.True(T.TryRead(Encoding.UTF8.GetBytes(json), out T? value, out CodecError error), error.ToString());
        return value;
    }

    public static CodecError Fail<T>(string json)
        where T : class, IMessage<T> => Fail<T>(Encoding.UTF8.GetBytes(json));

    public static CodecError Fail<T>(byte[] json)
        where T : class, IMessage<T>
    {
        Assert.False(T.TryRead(json, out T? value, out CodecError error));
        Assert.Null(value);
        return error;
    }

    public static string Write<T>(T message)
        where T : class, IMessage<T>
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            message.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static ConstraintViolation Violation<T>(T message)
        where T : class, IMessage<T>
    {
        Assert.False(message.TryValidate(out ConstraintViolation violation));
        return violation;
    }
}
