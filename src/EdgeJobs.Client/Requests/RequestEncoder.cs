using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>A reusable buffer and JSON writer for requests.</summary>
internal sealed class RequestEncoder : IDisposable
{
    /// <summary>Larger buffers are not reused, so that one large request does not hold memory forever.</summary>
    private const int MaxKeptBytes = 16 * 1024;

    // The JSON goes to a service, never into HTML: text stays readable and short. What is nested more deeply could not be read.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 64 };

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _writer;

    public RequestEncoder() => _writer = new Utf8JsonWriter(_buffer, Options);

    public bool IsReusable => _buffer.Capacity <= MaxKeptBytes;

    /// <summary>Encodes a request. The result is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Encode<TRequest>(TRequest request, ReadOnlySpan<byte> token)
        where TRequest : class, ICorrelatedMessage<TRequest>
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        request.WriteTo(_writer, token);
        _writer.Flush();
        return _buffer.WrittenMemory;
    }

    /// <summary>Encodes a message without a token. The result is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Encode<TMessage>(TMessage message)
        where TMessage : class, IMessage<TMessage>
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        message.WriteTo(_writer);
        _writer.Flush();
        return _buffer.WrittenMemory;
    }

    public void Dispose() => _writer.Dispose();
}
