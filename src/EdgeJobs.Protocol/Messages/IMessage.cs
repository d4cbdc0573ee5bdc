using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>What an MQTT message carries, usually a JSON object. Every message that is generated from a spec implements it.</summary>
public interface IMessage
{
    /// <summary>Writes the payload. Absent members are omitted.</summary>
    /// <param name="writer">
    /// The writer. It is not flushed. A payload that is no JSON is written through it unchanged, so nothing else may be written with it.
    /// </param>
    void WriteTo(Utf8JsonWriter writer);

    /// <summary>The MQTT 5 properties that distinguish the message from others of its operation; the packet must have them.</summary>
    MessageProperties PropertiesToSend => MessageProperties.None;

    /// <summary>Checks the limits of the spec: lengths, characters, ranges, counts.</summary>
    /// <param name="violation">The first violation.</param>
    /// <returns>True if the message violates no limit.</returns>
    bool TryValidate(out ConstraintViolation violation);
}

/// <summary>A message that can be read.</summary>
/// <typeparam name="TSelf">The model itself.</typeparam>
public interface IMessage<TSelf> : IMessage
    where TSelf : class, IMessage<TSelf>
{
    /// <summary>Reads a payload. Unknown members are ignored.</summary>
    /// <param name="utf8Json">
    /// The payload: JSON in UTF-8, unless the spec has another content type. <see cref="RawJson"/> and <see cref="ByteString"/> members
    /// of the result are slices of it: do not change it while they are in use.
    /// </param>
    /// <param name="value">The message, or null.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <returns>True if the payload is a message of this type.</returns>
    static abstract bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out TSelf? value, out CodecError error);

    /// <summary>Reads a payload of a message that the properties of its packet may distinguish from others.</summary>
    /// <param name="utf8Json">The payload.</param>
    /// <param name="properties">The properties of the packet.</param>
    /// <param name="value">The message, or null.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <returns>True if the payload is a message of this type.</returns>
    static virtual bool TryRead(
        ReadOnlyMemory<byte> utf8Json, MessageProperties properties, [NotNullWhen(true)] out TSelf? value, out CodecError error) =>
        TSelf.TryRead(utf8Json, out value, out error);

    /// <summary>Whether a payload can be read. Allocates nothing if it is an object.</summary>
    /// <param name="utf8Json">The payload.</param>
    /// <param name="error">The fault if the result is false.</param>
    static abstract bool CanRead(ReadOnlySpan<byte> utf8Json, out CodecError error);
}
