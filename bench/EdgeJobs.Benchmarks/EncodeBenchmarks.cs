using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using EdgeJobs.Protocol;

namespace EdgeJobs.Benchmarks;

/// <summary>Writes an update with two statusDetails into a reused writer, as the client does.</summary>
public class EncodeBenchmarks
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1_024);
    private readonly Utf8JsonWriter _writer;
    private readonly UpdateJobExecutionRequest _request = new()
    {
        Status = JobExecutionUpdateStatus.InProgress,
        StatusDetails = new([new("step", "2/5"), new("name", "Download-File")]),
        ExpectedVersion = 3,
    };

    private readonly StjUpdateRequest _stjRequest = new()
    {
        ClientToken = "5f0c2a9e00000017",
        Status = "IN_PROGRESS",
        StatusDetails = new() { ["step"] = "2/5", ["name"] = "Download-File" },
        ExpectedVersion = 3,
    };

    public EncodeBenchmarks() => _writer = new Utf8JsonWriter(_buffer);

    [Benchmark(Baseline = true, Description = "System.Text.Json, source-generated, to a new array")]
    public int SystemTextJsonArray() => JsonSerializer.SerializeToUtf8Bytes(_stjRequest, WireContext.Default.StjUpdateRequest).Length;

    [Benchmark(Description = "System.Text.Json, source-generated, writer reused")]
    public int SystemTextJson()
    {
        Reset();
        JsonSerializer.Serialize(_writer, _stjRequest, WireContext.Default.StjUpdateRequest);
        _writer.Flush();
        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "System.Text.Json, JsonObject, writer reused")]
    public int Nodes()
    {
        Reset();
        JsonObject update = new()
        {
            ["clientToken"] = "5f0c2a9e00000017",
            ["status"] = "IN_PROGRESS",
            ["statusDetails"] = new JsonObject { ["step"] = "2/5", ["name"] = "Download-File" },
            ["expectedVersion"] = 3,
        };
        update.WriteTo(_writer);
        _writer.Flush();
        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "EdgeJobs, writer reused")]
    public int EdgeJobs()
    {
        Reset();
        _request.WriteTo(_writer, "5f0c2a9e00000017"u8);
        _writer.Flush();
        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "EdgeJobs, limits checked, writer reused")]
    public int EdgeJobsChecked() => _request.TryValidate(out _) ? EdgeJobs() : -1;

    private void Reset()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
    }
}
