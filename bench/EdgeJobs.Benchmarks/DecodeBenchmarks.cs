using System.Text.Json;
using BenchmarkDotNet.Attributes;
using EdgeJobs.Protocol;

namespace EdgeJobs.Benchmarks;

/// <summary>Reading a start-next/accepted, with a job document of 1 KB and of 32 KB.</summary>
public class DecodeBenchmarks
{
    private byte[] _payload = [];

    [Params(1_024, 32_768)]
    public int DocumentBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _payload = Payloads.StartNextAccepted(DocumentBytes);
        if (SystemTextJson() != Model() || Model() != View() || View() != Document())
        {
            throw new InvalidOperationException("the readers disagree");
        }
    }

    [Benchmark(Baseline = true, Description = "System.Text.Json, source-generated")]
    public long SystemTextJson() =>
        JsonSerializer.Deserialize(_payload, WireContext.Default.StjStartNextResponse)!.Execution!.VersionNumber.GetValueOrDefault();

    [Benchmark(Description = "System.Text.Json, JsonDocument")]
    public long Document()
    {
        using JsonDocument document = JsonDocument.Parse(_payload);
        return document.RootElement.GetProperty("execution").GetProperty("versionNumber").GetInt64();
    }

    [Benchmark(Description = "EdgeJobs, model")]
    public long Model() =>
        StartNextPendingJobExecutionResponse.TryRead(_payload, out StartNextPendingJobExecutionResponse? response, out _)
            ? response.Execution!.VersionNumber.GetValueOrDefault()
            : -1;

    [Benchmark(Description = "EdgeJobs, view")]
    public long View() =>
        StartNextPendingJobExecutionResponseView.TryRead(_payload, out StartNextPendingJobExecutionResponseView response, out _)
            ? response.Execution.VersionNumber.GetValueOrDefault()
            : -1;
}
