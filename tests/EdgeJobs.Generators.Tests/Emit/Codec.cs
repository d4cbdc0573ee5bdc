using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Reads and writes generated messages.</summary>
public static class Codec
{
    /// <summary>Reads a message that must be readable.</summary>
    public static T Read<T>(string json)
        where T : class, IMessage<T>
    {
        Assert.True(T.TryRead(Encoding.UTF8.GetBytes(json), out T? value, out CodecError error), error.ToString());
        return value;
    }

    /// <summary>Reads a message that must not be readable.</summary>
    public static string Fault<T>(string json)
        where T : class, IMessage<T>
    {
        Assert.False(T.TryRead(Encoding.UTF8.GetBytes(json), out T? value, out CodecError error));
        Assert.Null(value);
        return error.ToString();
    }

    /// <summary>The JSON text of a message.</summary>
    public static string Write<T>(T message)
        where T : class, IMessage<T>
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        message.WriteTo(writer);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The limit that a message violates, or an empty text.</summary>
    public static string Violation<T>(T message)
        where T : class, IMessage<T> => message.TryValidate(out ConstraintViolation violation) ? "" : violation.ToString();

    /// <summary>Reads a message and writes it.</summary>
    public static string Again<T>(string json)
        where T : class, IMessage<T> => Write(Read<T>(json));
}
