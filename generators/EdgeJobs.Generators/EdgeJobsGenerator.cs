using System.Collections.Immutable;
using System.Linq;
using System.Text;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Emit;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Parse;
using EdgeJobs.Generators.Slices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators;

/// <summary>
/// Generates models, codecs, topics and operations from each spec file of a project. It never reads the compilation,
/// so editing code regenerates nothing. An edit of a spec that changes only white space stops at the model;
/// an edit that changes the model emits only the files that show the change. An edit of a file that no spec refers to reads no spec.
/// </summary>
[Generator]
internal sealed class EdgeJobsGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<ProjectFile>> projectFiles = context.AdditionalTextsProvider
            .Select((file, _) => new ProjectFile(file))
            .Collect();
        IncrementalValueProvider<bool> hasRunTime = context.MetadataReferencesProvider
            .Select((reference, _) => FilePath.NameOf(reference.Display ?? "") is "EdgeJobs.Client" or "EdgeJobs.Client.dll")
            .Collect()
            .Select((found, _) => found.Any(isIt => isIt));
        IncrementalValuesProvider<SpecResult> results = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(pair => SpecFile.IsSpec(pair.Left, pair.Right))
            .Select((pair, _) => SpecFile.Create(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Find)
            .Combine(projectFiles)
            .Select((pair, _) => SpecInput.Gather(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Gather)
            .Combine(hasRunTime)
            .Select((pair, cancellation) => pair.Left.Parse(cancellation).CheckClient(pair.Right))
            .WithTrackingName(TrackingNames.Parse);
        IncrementalValueProvider<EquatableArray<SpecDiagnostic>> collisions = results
            .Where(result => result.Model is not null)
            .Select((result, _) => SpecTypes.Of(result))
            .WithTrackingName(TrackingNames.Types)
            .Collect()
            .Select((specs, _) => SpecTypes.FindCollisions(specs))
            .WithTrackingName(TrackingNames.Collisions);
        context.RegisterSourceOutput(results.Select((result, _) => result.Diagnostics).WithTrackingName(TrackingNames.Diagnostics), Report);
        context.RegisterSourceOutput(collisions, Report);

        IncrementalValuesProvider<GeneratedFile> files = results
            .Select((result, _) => result.Model)
            .WithTrackingName(TrackingNames.Model)
            .Combine(collisions.Select((found, _) => found.Count > 0))
            .SelectMany((pair, _) => pair.Left is null || pair.Right ? [] : FileSlice.Of(pair.Left))
            .WithTrackingName(TrackingNames.Slice)
            .Select((slice, _) => new GeneratedFile(slice.Head.Namespace.Replace("@", "") + "." + slice.FileName, FileEmitter.Emit(slice)))
            .WithTrackingName(TrackingNames.Emit);
        context.RegisterSourceOutput(
            files, (production, file) => production.AddSource(file.HintName, SourceText.From(file.Source, Encoding.UTF8)));
    }

    private static void Report(SourceProductionContext production, EquatableArray<SpecDiagnostic> diagnostics)
    {
        foreach (SpecDiagnostic diagnostic in diagnostics)
        {
            production.ReportDiagnostic(diagnostic.ToDiagnostic());
        }
    }

    /// <summary>One generated file. The compiler parses it again only if its text changes.</summary>
    internal sealed record GeneratedFile(string HintName, string Source);

    /// <summary>The names by which tests find the steps of the pipeline.</summary>
    private static class TrackingNames
    {
        public const string Find = "EdgeJobs.Find";
        public const string Gather = "EdgeJobs.Gather";
        public const string Parse = "EdgeJobs.Parse";
        public const string Diagnostics = "EdgeJobs.Diagnostics";
        public const string Types = "EdgeJobs.Types";
        public const string Collisions = "EdgeJobs.Collisions";
        public const string Model = "EdgeJobs.Model";
        public const string Slice = "EdgeJobs.Slice";
        public const string Emit = "EdgeJobs.Emit";
    }
}
