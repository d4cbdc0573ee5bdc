using System.Buffers;
using System.Text.Json;

namespace EdgeJobs.Runtime.Processes;

/// <summary>Writes small JSON objects to files, one after the other, with one buffer and one writer. For one thread at a time.</summary>
#pragma warning disable CA1001 // Over a buffer the writer has nothing to dispose of, and it lives as long as the agent.
internal sealed class JsonFile
#pragma warning restore CA1001
{
    private const int FirstBytes = 512;
    private readonly ArrayBufferWriter<byte> _buffer = new(FirstBytes);
    private readonly Utf8JsonWriter _writer;

    public JsonFile() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Indented = true });

    /// <summary>Begins an object.</summary>
    /// <returns>Takes its members.</returns>
    public Utf8JsonWriter Begin()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        return _writer;
    }

    /// <summary>Ends the object and puts it in a file in the place of another: there is always one, and it is whole.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Replace(string directory, string name)
    {
        _writer.WriteEndObject();
        _writer.Flush();
        SmallFile.Replace(directory, name, _buffer.WrittenSpan);
    }
}
