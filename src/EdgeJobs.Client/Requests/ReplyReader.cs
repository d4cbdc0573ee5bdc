using System.Diagnostics.CodeAnalysis;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>Reads the payload of an accepted reply. The client calls it at most once per reply, before the request completes.</summary>
/// <typeparam name="T">The result, for example a message, or what the caller needs of its view.</typeparam>
/// <param name="payload">The payload. It does not change afterwards: the result may hold slices of it.</param>
/// <param name="properties">The MQTT 5 properties of the reply.</param>
/// <param name="value">The result.</param>
/// <param name="error">The fault if the return value is false.</param>
/// <returns>False if the payload can't be read: the request then ends as <see cref="ReplyStatus.Undecodable"/>.</returns>
public delegate bool ReplyReader<T>(
    ReadOnlyMemory<byte> payload, MessageProperties properties, [MaybeNullWhen(false)] out T value, out CodecError error);
