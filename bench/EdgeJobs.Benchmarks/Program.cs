using System.Runtime.CompilerServices;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Toolchains.NativeAot;
using Perfolizer.Horology;

// dotnet run -c Release --project bench/EdgeJobs.Benchmarks -- --filter '*' [--native] [--in-process]
// Every row with its allocated bytes; the table of each suite as Markdown under BenchmarkDotNet.Artifacts/results.
if (!RuntimeFeature.IsDynamicCodeSupported)
{
    // The program of the NativeAOT rows contains this one and never runs it. Its compiler knows the condition and removes the
    // code below:
    // the runner, with a C# compiler in it, which was most of its work.
    return;
}

// Many short iterations, with the fastest and the median beside the mean: on a shared machine most are disturbed.
Job job = Job.Default.WithWarmupCount(5).WithIterationCount(150).WithIterationTime(TimeInterval.FromMilliseconds(20));
string[] own = ["--native", "--in-process"];
ManualConfig config = ManualConfig.CreateEmpty()
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddColumn(StatisticColumn.Min, StatisticColumn.Median)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddExporter(MarkdownExporter.GitHub)
    .AddJob(args.Contains("--in-process") ? job.WithId("JIT").WithToolchain(InProcessEmitToolchain.Instance) : job.WithId("JIT"));

// Each row also compiled ahead of time, as the agent is, with the compiler of the installed SDK.
if (args.Contains("--native"))
{
    config.WithBuildTimeout(TimeSpan.FromMinutes(30));
    config.AddJob(job.WithId("NativeAOT").WithToolchain(
        NativeAotToolchain.CreateBuilder().UseNuGet(Environment.Version.ToString(3), nuGetFeedUrl: "").TargetFrameworkMoniker("net10.0")
            .ToToolchain()));
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.Except(own)], config);
