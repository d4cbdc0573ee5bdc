using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using EdgeJobs.Protocol.Views;

namespace EdgeJobs.Protocol;

/// <summary>Reads and writes payloads that are plain text, such as those of <c>text/plain</c>; generated code calls it.</summary>
public static class TextPayload
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a payload that is a string.</summary>
    /// <param name="payload">The text in UTF-8.</param>
    /// <param name="text">The text, or null.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <returns>False if the payload is not UTF-8.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out string? text, out CodecError error)
    {
        text = CanRead(payload, out error) ? Encoding.UTF8.GetString(payload) : null;
        return text is not null;
    }

    /// <summary>Whether a payload is a string.</summary>
    /// <param name="payload">The text in UTF-8.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <returns>False if the payload is not UTF-8.</returns>
    public static bool CanRead(ReadOnlySpan<byte> payload, out CodecError error)
    {
        error = Utf8.IsValid(payload) ? default : new CodecError(CodecErrorKind.InvalidUtf8, "", 0);
        return error == default;
    }

    /// <summary>
    /// Reads a payload that is a value: a number in invariant form, <c>true</c> or <c>false</c> in any case, or what a JSON string would
    /// hold between its quotes.
    /// </summary>
    /// <typeparam name="TView">The view to read into.</typeparam>
    /// <param name="payload">The text in UTF-8.</param>
    /// <param name="kind">The JSON type of the value.</param>
    /// <param name="view">The value.</param>
    /// <param name="error">The fault if the result is false.</param>
    public static bool TryRead<TView>(ReadOnlySpan<byte> payload, JsonKinds kind, out TView view, out CodecError error)
        where TView : struct, IJsonView<TView>, allows ref struct
    {
        view = default;
        if (!CanRead(payload, out error))
        {
            return false;
        }

        ReadOnlySpan<byte> json = kind switch
        {
            JsonKinds.String => Quoted(payload),
            JsonKinds.Boolean => Lower(payload),
            _ => Number(payload),
        };
        if (MessageReader.TryReadValue(json, out view, out error))
        {
            return true;
        }

        // The place is one in the JSON, and the payload is no JSON.
        error = new CodecError(error.Kind == CodecErrorKind.OutOfRange ? error.Kind : CodecErrorKind.WrongType, "", 0);
        return false;
    }

    /// <summary>Writes a payload that is a string.</summary>
    /// <param name="writer">Where the text goes, unchanged.</param>
    /// <param name="text">The text.</param>
    public static void Write(Utf8JsonWriter writer, string text) => WriteRaw(writer, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a payload that is a value, as <see cref="TryRead{TView}"/> reads it.</summary>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="writer">Where the text goes, unchanged.</param>
    /// <param name="message">The message.</param>
    /// <param name="write">Writes the value as JSON.</param>
    public static void Write<TMessage>(Utf8JsonWriter writer, TMessage message, Action<Utf8JsonWriter, TMessage> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            write(json, message);
        }

        ReadOnlySpan<byte> text = buffer.WrittenSpan;
        if (text is [(byte)'"', .. var escaped, (byte)'"'])
        {
            byte[] plain = new byte[escaped.Length];
            WriteRaw(writer, plain.AsSpan(0, JsonEscapes.Unescape(escaped, plain)));
        }
        else
        {
            WriteRaw(writer, text);
        }
    }

    /// <summary>Writes a payload as it is.</summary>
    /// <param name="writer">Where the bytes go.</param>
    /// <param name="payload">The bytes; nothing is written if there are none.</param>
    public static void WriteRaw(Utf8JsonWriter writer, ReadOnlySpan<byte> payload)
    {
        if (!payload.IsEmpty)
        {
            writer.WriteRawValue(payload, skipInputValidation: true);
        }
    }

    private static byte[] Quoted(ReadOnlySpan<byte> text) =>
        [(byte)'"', .. JsonEncodedText.Encode(text, Options.Encoder).EncodedUtf8Bytes, (byte)'"'];

    private static byte[] Lower(ReadOnlySpan<byte> text)
    {
        byte[] lower = new byte[text.Length];
        Ascii.ToLower(text, lower, out _);
        return lower;
    }

    /// <summary>A number as JSON writes it: without a plus sign and leading zeros.</summary>
    private static ReadOnlySpan<byte> Number(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        bool isNegative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> digits = text is [(byte)'+' or (byte)'-', .. var rest] ? rest : text;
        while (digits is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..])
        {
            digits = digits[1..];
        }

        return isNegative ? (byte[])[(byte)'-', .. digits] : digits;
    }
}
