using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>An object that travels as an MQTT payload in JSON. Every object model that is generated from the spec is one.</summary>
/// <typeparam name="TSelf">The model itself.</typeparam>
public interface IMessage<TSelf>
    where TSelf : class, IMessage<TSelf>
{
    /// <summary>Reads a payload. Members that the spec does not know are passed over.</summary>
    /// <param name="utf8Json">One JSON object in UTF-8. <see cref="RawJson"/> members of the result are slices of it: keep it unchanged as long as they are used.</param>
    /// <param name="value">The message, or null.</param>
    /// <param name="error">What is wrong when the result is false; never thrown.</param>
    /// <returns>True when the payload is a message of this type.</returns>
    static abstract bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out TSelf? value, out CodecError error);

    /// <summary>Whether <see cref="TryRead"/> will read a payload. Allocates nothing.</summary>
    /// <param name="utf8Json">One JSON object in UTF-8.</param>
    /// <param name="error">What is wrong when the result is false; never thrown.</param>
    static abstract bool CanRead(ReadOnlySpan<byte> utf8Json, out CodecError error);

    /// <summary>Writes the message as one JSON object. Members that are absent are left out.</summary>
    /// <param name="writer">Where to. It is not flushed.</param>
    void WriteTo(Utf8JsonWriter writer);

    /// <summary>Checks the limits that the spec sets: lengths, characters, ranges, counts.</summary>
    /// <param name="violation">The first limit that is broken.</param>
    /// <returns>True when the service will find nothing to object to.</returns>
    bool TryValidate(out ConstraintViolation violation);
}
