using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Benchmarks;

/// <summary>
/// The generator as the compiler and the editor run it: the first time, after the edit of one description, and after an edit of
/// code. Each row includes the compiler's work of parsing the regenerated files.
/// </summary>
public class GeneratorBenchmarks
{
    private SpecRuns _runs = null!;

    [Params("topics.json", "500 operations")]
    public string Input { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _runs = new SpecRuns(Input, new EdgeJobsGenerator());

    [Benchmark(Description = "first run")]
    public GeneratorDriver Cold() => _runs.Cold();

    [Benchmark(Description = "a description is edited")]
    public GeneratorDriver EditDescription() => _runs.EditDescription();

    [Benchmark(Description = "code is edited")]
    public GeneratorDriver EditCode() => _runs.EditCode();
}
