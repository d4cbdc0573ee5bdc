using System.Buffers;
using System.Text.Json;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Output;

/// <summary>Appends JSON objects to files, one per line, with a reused buffer and writer. Not thread-safe.</summary>
#pragma warning disable CA1001 // The writer writes to a buffer and has nothing to dispose of.
internal sealed class JsonLines
#pragma warning restore CA1001
{
    private const int FirstBytes = 512;
    private readonly ArrayBufferWriter<byte> _buffer = new(FirstBytes);
    private readonly Utf8JsonWriter _writer;

    public JsonLines() => _writer = new Utf8JsonWriter(_buffer);

    /// <returns>The writer for the members of the next object.</returns>
    public Utf8JsonWriter Begin()
    {
        _writer.Reset();
        _writer.WriteStartObject();
        return _writer;
    }

    public void End()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        EndLine();
    }

    /// <summary>Ends the line, also one that a power cut or a full disk truncated.</summary>
    public void EndLine() => _buffer.Write("\n"u8);

    /// <summary>Discards the buffered lines.</summary>
    public void Discard() => _buffer.ResetWrittenCount();

    /// <summary>Appends the buffered lines to a file.</summary>
    /// <exception cref="IOException">Not all of them can be written.</exception>
    public void AppendTo(string directory, string name)
    {
        try
        {
            PrivateFile.Append(directory, name, _buffer.WrittenSpan);
        }
        finally
        {
            Discard();
        }
    }
}
