using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using EdgeJobs.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Fuzz.Specs;

/// <summary>
/// Specs with difficult names: each produces a diagnostic with a location, or code that compiles without a warning.
/// </summary>
internal sealed class SpecInputs(ulong seed) : IFuzzInputs
{
    private const string Namespace = "Test.Specs";

    /// <summary>The language version of the oldest supported compiler, and that of the current one.</summary>
    private static readonly CSharpParseOptions[] Languages =
    [
        new(LanguageVersion.CSharp13, DocumentationMode.Diagnose), new(LanguageVersion.Preview, DocumentationMode.Diagnose),
    ];

    /// <summary>An empty project. Projects derived from it share its references, whose loading takes the most time.</summary>
    private static readonly CSharpCompilation Project = CSharpCompilation.Create(
        "Specs",
        [],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file
                && (file.StartsWith("System.", StringComparison.Ordinal) || file == "EdgeJobs.Protocol.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            concurrentBuild: false,
            nullableContextOptions: NullableContextOptions.Enable));

    private readonly Randomness _random = new();

    /// <summary>The number of specs that produced code.</summary>
    public long Compiled { get; private set; }

    /// <summary>The number of specs that produced a diagnostic.</summary>
    public long Refused { get; private set; }

    public string? Run(long input)
    {
        string spec = Make(input);
        try
        {
            return Check(spec, Languages[input % Languages.Length]) is { } wrong ? wrong + "\n" + Describe(input) : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e + "\n" + Describe(input);
        }
    }

    public string Describe(long input) => $"spec {input} of seed {seed}; again: --seed {seed} --from {input} --specs 1\n{Make(input)}";

    public void Dispose()
    {
    }

    /// <summary>The text of a spec.</summary>
    public string Make(long input)
    {
        _random.Begin(seed, input);
        return new SpecMaker(_random).Make();
    }

    private string? Check(string spec, CSharpParseOptions language)
    {
        GeneratorRunResult result = CSharpGeneratorDriver.Create(
            [new EdgeJobsGenerator().AsSourceGenerator()],
            [new SpecFile(spec)],
            language,
            new Options())
            .RunGenerators(Project).GetRunResult().Results[0];
        if (result.Exception is { } exception)
        {
            return "the generator throws: " + exception;
        }

        string? unplaced = result.Diagnostics.Where(
            d => d.Location.Kind != LocationKind.ExternalFile || !d.Id.StartsWith("EJ", StringComparison.Ordinal))
            .Select(Show)
            .FirstOrDefault();
        if (unplaced is not null)
        {
            return "a diagnostic without a place: " + unplaced;
        }

        if (result.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error))
        {
            Refused++;
            return result.GeneratedSources.Length == 0 ? null : "a spec with an error gives code";
        }

        Compiled++;
        CSharpCompilation compilation = Project.AddSyntaxTrees(result.GeneratedSources.Select(s => s.SyntaxTree));
        using MemoryStream image = new();
        using MemoryStream documentation = new();
        string[] found =
        [
            .. compilation.Emit(image, xmlDocumentationStream: documentation).Diagnostics.Where(
                d => d.Severity >= DiagnosticSeverity.Warning)
                .Select(Show)
        ];
        if (found.Length > 0)
        {
            return string.Join("\n", found.Take(5));
        }

        documentation.Position = 0;
        using XmlReader reader = XmlReader.Create(documentation);
        while (reader.Read())
        {
        }

        return null;
    }

    private static string Show(Diagnostic diagnostic)
    {
        string line = diagnostic.Location.SourceTree is { } tree
            ? tree.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim()
            : "";
        string file = Path.GetFileName(diagnostic.Location.GetLineSpan().Path);
        return $"{diagnostic.Id} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}: {file}: {line}";
    }

    private sealed class SpecFile(string text) : AdditionalText
    {
        public override string Path => "topics.json";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    /// <summary>The MSBuild properties of the project.</summary>
    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(
            ImmutableDictionary<string, string>.Empty.Add("build_property.RootNamespace", Namespace));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values([]);
    }

    private sealed class Values(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) =>
            values.TryGetValue(key, out value);
    }
}
