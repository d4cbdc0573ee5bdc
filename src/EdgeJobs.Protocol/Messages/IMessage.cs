using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>An object that MQTT carries as JSON. Every object model that is generated from the spec implements it.</summary>
/// <typeparam name="TSelf">The model itself.</typeparam>
public interface IMessage<TSelf>
    where TSelf : class, IMessage<TSelf>
{
    /// <summary>Reads a payload. Unknown members are ignored.</summary>
    /// <param name="utf8Json">
    /// One JSON object in UTF-8. <see cref="RawJson"/> members of the result are slices of it: do not change it while they are in use.
    /// </param>
    /// <param name="value">The message, or null.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <returns>True if the payload is a message of this type.</returns>
    static abstract bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out TSelf? value, out CodecError error);

    /// <summary>Whether <see cref="TryRead"/> accepts a payload. Allocates nothing.</summary>
    /// <param name="utf8Json">One JSON object in UTF-8.</param>
    /// <param name="error">The fault if the result is false.</param>
    static abstract bool CanRead(ReadOnlySpan<byte> utf8Json, out CodecError error);

    /// <summary>Writes the message as one JSON object. Absent members are omitted.</summary>
    /// <param name="writer">The writer. It is not flushed.</param>
    void WriteTo(Utf8JsonWriter writer);

    /// <summary>Checks the limits of the spec: lengths, characters, ranges, counts.</summary>
    /// <param name="violation">The first violation.</param>
    /// <returns>True if the message violates no limit.</returns>
    bool TryValidate(out ConstraintViolation violation);
}
