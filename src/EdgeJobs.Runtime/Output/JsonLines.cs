using System.Buffers;
using System.Text.Json;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Output;

/// <summary>Adds JSON objects to files, each as one line, with one buffer and one writer. For one thread at a time.</summary>
#pragma warning disable CA1001 // Over a buffer the writer has nothing to dispose of, and it lives as long as the agent.
internal sealed class JsonLines
#pragma warning restore CA1001
{
    private const int FirstBytes = 512;
    private readonly ArrayBufferWriter<byte> _buffer = new(FirstBytes);
    private readonly Utf8JsonWriter _writer;

    public JsonLines() => _writer = new Utf8JsonWriter(_buffer);

    /// <summary>Begins an object.</summary>
    /// <returns>Takes its members.</returns>
    public Utf8JsonWriter Begin()
    {
        _writer.Reset();
        _writer.WriteStartObject();
        return _writer;
    }

    /// <summary>Ends the object.</summary>
    public void End()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        EndLine();
    }

    /// <summary>Ends the line: one that a power cut or a full disk may have left without an end does not spoil the next.</summary>
    public void EndLine() => _buffer.Write("\n"u8);

    /// <summary>Forgets the lines that were ended.</summary>
    public void Discard() => _buffer.ResetWrittenCount();

    /// <summary>Adds the lines that were ended to a file.</summary>
    /// <exception cref="IOException">They can't be written, or not all.</exception>
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
