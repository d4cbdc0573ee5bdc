using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Tests.Pipeline;

/// <summary>A project with spec files: runs the generator over it as the compiler does, repeatedly.</summary>
internal sealed class SpecProject
{
    private const string RootNamespace = "Test.Specs";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp13, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Dictionary<string, AdditionalText> _files;
    private GeneratorDriver _driver;
    private CSharpCompilation _compilation;

    public SpecProject(params (string Path, string Text)[] files)
        : this(new Options(RootNamespace), files)
    {
    }

    public SpecProject(Options options, params (string Path, string Text)[] files)
        : this(options, References, files)
    {
    }

    private SpecProject(Options options, IEnumerable<MetadataReference> references, (string Path, string Text)[] files)
    {
        _compilation = CSharpCompilation.Create(
            "Consumer",
            [CSharpSyntaxTree.ParseText("class Program { static void Main() { } }", Parsing)],
            references,
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication, concurrentBuild: false, nullableContextOptions: NullableContextOptions.Enable,
                generalDiagnosticOption: ReportDiagnostic.Warn));
        _files = files.ToDictionary(f => f.Path, AdditionalText (f) => new File(f.Path, f.Text));
        _driver = CSharpGeneratorDriver.Create(
            [new EdgeJobsGenerator().AsSourceGenerator()],
            _files.Values,
            Parsing,
            options,
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        Run();
    }

    /// <summary>A project that does not reference EdgeJobs.Client.</summary>
    public static SpecProject WithoutClientPackage(Options options, params (string Path, string Text)[] files) =>
        new(options, References.Where(r => !r.Display!.EndsWith("EdgeJobs.Client.dll", StringComparison.Ordinal)), files);

    /// <summary>The result of the last run.</summary>
    public GeneratorRunResult Result => _driver.GetRunResult().Results[0];

    /// <summary>The names of the generated files.</summary>
    public IEnumerable<string> Names => Result.GeneratedSources.Select(s => s.HintName);

    /// <summary>The generated files in one text.</summary>
    public string Text =>
        string.Join("\n", Result.GeneratedSources.OrderBy(s => s.HintName, StringComparer.Ordinal).Select(s => s.SourceText.ToString()));

    /// <summary>Asserts that the generated code compiles without errors and warnings.</summary>
    /// <param name="remark">The text before the findings.</param>
    public void AssertCompiles(string remark = "")
    {
        _driver.RunGeneratorsAndUpdateCompilation(_compilation, out Compilation output, out _);
        string[] found = [.. output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString())];
        Assert.True(found.Length == 0, remark + string.Join("\n", found));
    }

    /// <summary>Changes the project's own code.</summary>
    public void EditCode()
    {
        _compilation = _compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Another;", Parsing));
        Run();
    }

    /// <summary>Changes a spec.</summary>
    public void EditSpec(string path, string text)
    {
        File edited = new(path, text);
        _driver = _driver.ReplaceAdditionalText(_files[path], edited);
        _files[path] = edited;
        Run();
    }

    /// <summary>The reason for each output of a step.</summary>
    public IEnumerable<IncrementalStepRunReason> Reasons(string step) =>
        Result.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> runs)
            ? runs.SelectMany(r => r.Outputs).Select(o => o.Reason)
            : [];

    /// <summary>
    /// The files that were emitted in the last run, without the namespace, each with its reason; unchanged files have <c>Cached</c>.
    /// </summary>
    public ILookup<IncrementalStepRunReason, string> Emitted =>
        Result.TrackedSteps["EdgeJobs.Emit"].SelectMany(r => r.Outputs)
            .ToLookup(o => o.Reason, o => ((EdgeJobsGenerator.GeneratedFile)o.Value).HintName[(RootNamespace.Length + 1)..]);

    private void Run() => _driver = _driver.RunGenerators(_compilation);

    /// <summary>A file in memory.</summary>
    private sealed class File(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    /// <summary>The options that MSBuild passes to the compiler.</summary>
    internal sealed class Options(
        string rootNamespace, params (string Path, string Name, string Value)[] metadata) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(("build_property.RootNamespace", rootNamespace));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values();

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
            new Values(
                [.. metadata.Where(m => m.Path == textFile.Path).Select(m => ("build_metadata.AdditionalFiles." + m.Name, m.Value))]);
    }

    private sealed class Values(params (string Name, string Value)[] values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = values.FirstOrDefault(v => v.Name == key).Value;
            return value is not null;
        }
    }
}
