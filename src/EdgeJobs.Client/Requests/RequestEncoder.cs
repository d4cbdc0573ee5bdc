using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>A buffer and a JSON writer that are used again for one request after the other.</summary>
internal sealed class RequestEncoder : IDisposable
{
    /// <summary>A larger buffer than requests usually need is not kept, so that one large one does not cost memory for ever.</summary>
    private const int MaxKeptBytes = 16 * 1024;

    // What is written goes to a service, never into HTML: text stays as readable and short as JSON allows.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _writer;

    public RequestEncoder() => _writer = new Utf8JsonWriter(_buffer, Options);

    /// <summary>Whether the buffer is small enough to be kept.</summary>
    public bool IsReusable => _buffer.Capacity <= MaxKeptBytes;

    /// <summary>Writes a request. What is returned is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Encode<TRequest>(TRequest request, ReadOnlySpan<byte> token)
        where TRequest : class, ICorrelatedMessage<TRequest>
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        request.WriteTo(_writer, token);
        _writer.Flush();
        return _buffer.WrittenMemory;
    }

    /// <summary>Writes a message that has no reply. What is returned is valid until the next call.</summary>
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
