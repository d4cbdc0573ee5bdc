using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A value that is read in place: it holds slices of the payload and does not allocate.</summary>
/// <typeparam name="TSelf">The view itself.</typeparam>
public interface IJsonView<TSelf>
    where TSelf : struct, IJsonView<TSelf>, allows ref struct
{
    /// <summary>Reads the value at the reader's position, and leaves the reader on its last token.</summary>
    /// <param name="reader">Positioned on the first token of the value.</param>
    /// <param name="source">The whole payload that <paramref name="reader"/> reads.</param>
    /// <param name="member">The name of the member that holds the value, for the error.</param>
    /// <param name="view">The value.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <exception cref="JsonException">
    /// The payload is not JSON; <see cref="MessageReader"/> turns the exception into an error value.
    /// </exception>
    static abstract bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out TSelf view, scoped ref CodecError error);
}
