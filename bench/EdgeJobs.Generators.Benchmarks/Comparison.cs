using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Benchmarks;

/// <summary>
/// Compares this generator with another build of it in one process, in turn, so that both meet the same load of the machine.
/// The round with the least processor time counts.
/// </summary>
internal static class Comparison
{
    private const int WarmUpRounds = 10;

    public static void Run(string otherFile, int rounds)
    {
        Console.WriteLine($"// {DateTime.UtcNow:yyyy-MM-dd}, .NET {Environment.Version}, {Environment.ProcessorCount} processors");
        List<string> table =
        [
            "| Spec | Run | Rounds | Processor time, other build | This build | Ratio | Allocated, other build | This build | Ratio |",
            "|---|---|---:|---:|---:|---:|---:|---:|---:|",
        ];
        foreach (string input in (string[])["topics.json", "500 operations"])
        {
            SpecRuns other = new(input, Load(otherFile));
            SpecRuns current = new(input, new EdgeJobsGenerator());
            int times = input == "topics.json" ? rounds * 20 : rounds;
            Add(table, $"{input} | first run", times, other.Cold, current.Cold);
            Add(table, $"{input} | a description is edited", times, other.EditDescription, current.EditDescription);
            Add(table, $"{input} | code is edited", times, other.EditCode, current.EditCode);
        }

        table.ForEach(Console.WriteLine);
    }

    private static void Add(List<string> table, string name, int rounds, Func<GeneratorDriver> other, Func<GeneratorDriver> current)
    {
        Figures best = new(double.MaxValue, double.MaxValue);
        Figures otherBest = best;
        for (int i = -WarmUpRounds; i < rounds; i++)
        {
            Figures otherFigures = Measure(other);
            Figures figures = Measure(current);
            if (i >= 0)
            {
                otherBest = otherBest.Least(otherFigures);
                best = best.Least(figures);
            }
        }

        table.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {rounds} | {otherBest.Milliseconds:F2} ms | {best.Milliseconds:F2} ms "
            + $"| {best.Milliseconds / otherBest.Milliseconds:F2} "
            + $"| {otherBest.Kilobytes:N0} KB | {best.Kilobytes:N0} KB | {best.Kilobytes / otherBest.Kilobytes:F2} |"));
    }

    private static Figures Measure(Func<GeneratorDriver> run)
    {
        GC.Collect();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        run();
        return new Figures(
            (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / 1024.0);
    }

    private static IIncrementalGenerator Load(string file)
    {
        string path = Path.GetFullPath(file);
        AssemblyLoadContext context = new(path);
        AssemblyDependencyResolver dependencies = new(path);
        context.Resolving += (_, name) =>
            dependencies.ResolveAssemblyToPath(name) is string found ? context.LoadFromAssemblyPath(found) : null;
        Type type = context.LoadFromAssemblyPath(path).GetType(typeof(EdgeJobsGenerator).FullName!, throwOnError: true)!;
        return (IIncrementalGenerator)Activator.CreateInstance(type, BindingFlags.Public | BindingFlags.Instance, null, null, null)!;
    }

    /// <summary>The processor time of a run and what it allocated.</summary>
    private readonly record struct Figures(double Milliseconds, double Kilobytes)
    {
        public Figures Least(Figures other) =>
            new(Math.Min(Milliseconds, other.Milliseconds), Math.Min(Kilobytes, other.Kilobytes));
    }
}
