using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>Writes messages without a writer of one's own.</summary>
public static class MessageExtensions
{
    // The JSON goes to a service, never into HTML: text stays readable and short. What is nested more deeply could not be read.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 64 };

    /// <summary>The payload of a message. Its limits are not checked: see <see cref="IMessage.TryValidate"/>.</summary>
    public static byte[] ToUtf8Bytes(this IMessage message)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            message.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
