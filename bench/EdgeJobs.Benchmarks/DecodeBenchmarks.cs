using System.Text.Json;
using BenchmarkDotNet.Attributes;
using EdgeJobs.Protocol;

namespace EdgeJobs.Benchmarks;

/// <summary>Reads the reply of DescribeJobExecution with a job document of 1 KB and of 32 KB.</summary>
public class DecodeBenchmarks
{
    private byte[] _payload = [];

    [Params(1_024, 32_768)]
    public int DocumentBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _payload = Payloads.DescribeAccepted(DocumentBytes);
        long[] answers = [SystemTextJson(), Document(), Model(), View(), ViewWithStrings()];
        if (answers.Distinct().Count() != 1)
        {
            throw new InvalidOperationException("the readers disagree: " + string.Join(", ", answers));
        }
    }

    [Benchmark(Baseline = true, Description = "System.Text.Json, source-generated")]
    public long SystemTextJson()
    {
        StjExecution execution = JsonSerializer.Deserialize(_payload, WireContext.Default.StjDescribeResponse)!.Execution!;
        return Answer(execution.JobId, execution.StatusDetails!["step"], execution.VersionNumber);
    }

    [Benchmark(Description = "System.Text.Json, JsonDocument")]
    public long Document()
    {
        using JsonDocument document = JsonDocument.Parse(_payload);
        JsonElement execution = document.RootElement.GetProperty("execution");
        return Answer(
            execution.GetProperty("jobId").GetString(),
            execution.GetProperty("statusDetails").GetProperty("step").GetString(),
            execution.GetProperty("versionNumber").GetInt64());
    }

    [Benchmark(Description = "EdgeJobs, model")]
    public long Model()
    {
        DescribeJobExecutionResponse.TryRead(_payload, out DescribeJobExecutionResponse? response, out _);
        JobExecution execution = response!.Execution!;
        return Answer(execution.JobId, execution.StatusDetails!["step"], execution.VersionNumber);
    }

    [Benchmark(Description = "EdgeJobs, view, two strings asked for")]
    public long ViewWithStrings()
    {
        DescribeJobExecutionResponseView.TryRead(_payload, out DescribeJobExecutionResponseView response, out _);
        string step = "";
        foreach (JsonMap<JsonText>.Entry detail in response.Execution.StatusDetails)
        {
            step = detail.Key.Equals("step"u8) ? detail.Value.ToString() : step;
        }

        return Answer(response.Execution.JobId.ToString(), step, response.Execution.VersionNumber);
    }

    [Benchmark(Description = "EdgeJobs, view")]
    public long View()
    {
        DescribeJobExecutionResponseView.TryRead(_payload, out DescribeJobExecutionResponseView response, out _);
        bool expected = response.Execution.JobId.Equals("fw-2-1-0"u8);
        foreach (JsonMap<JsonText>.Entry detail in response.Execution.StatusDetails)
        {
            expected &= !detail.Key.Equals("step"u8) || detail.Value.Equals("1/3"u8);
        }

        return expected ? response.Execution.VersionNumber.GetValueOrDefault() : -1;
    }

    private static long Answer(string? job, string? step, long? version) =>
        job == "fw-2-1-0" && step == "1/3" ? version.GetValueOrDefault() : -1;
}
