using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Documents whose generated code is compiled as one assembly, each in its own namespace: one compilation is cheap.</summary>
internal sealed class DocumentBatch
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp13, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file && (file.StartsWith("System.", StringComparison.Ordinal)
                || file.StartsWith("EdgeJobs.", StringComparison.Ordinal)
                || file.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly GeneratorRunResult _result;
    private readonly Lazy<CSharpCompilation> _compilation;
    private readonly Lazy<Assembly> _assembly;
    private readonly Lazy<ILookup<string, string>> _warnings;

    /// <param name="documents">The documents.</param>
    /// <param name="metadata">Metadata of each document's item: <c>Role</c> and so on.</param>
    public DocumentBatch(IEnumerable<DocumentFiles> documents, params (string Name, string Value)[] metadata)
    {
        List<AdditionalText> texts = [];
        List<(string, string, string)> values = [];
        foreach (DocumentFiles document in documents)
        {
            texts.AddRange(document.Files.Select(file => new Text(file.Key, file.Value)));
            values.AddRange(document.Files.Keys.Select(path => (path, "EdgeJobsSpec", path == document.Main ? "true" : "false")));
            values.Add((document.Main, "Namespace", document.Namespace));
            values.AddRange(metadata.Select(m => (document.Main, m.Name, m.Value)));
        }

        CSharpCompilation project = CSharpCompilation.Create(
            "Documents" + Guid.NewGuid().ToString("N"),
            [],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false, nullableContextOptions: NullableContextOptions.Enable));
        _result = CSharpGeneratorDriver.Create(
            [new EdgeJobsGenerator().AsSourceGenerator()], texts, Parsing, new Pipeline.SpecProject.Options("Documents", [.. values]))
            .RunGenerators(project).GetRunResult().Results[0];
        if (_result.Exception is not null)
        {
            throw new InvalidOperationException("the generator throws", _result.Exception);
        }

        _compilation = new(() => project.AddSyntaxTrees(_result.GeneratedSources.Select(source => source.SyntaxTree)));
        _warnings = new(() => _compilation.Value.GetDiagnostics()
            .Where(d => d.Severity >= DiagnosticSeverity.Warning)
            .ToLookup(d => NamespaceOf(Path.GetFileName(d.Location.SourceTree?.FilePath ?? "")), d => d.ToString()));
        _assembly = new(Load);
    }

    /// <summary>What is generated from a document, as assembly types.</summary>
    public IEnumerable<Type> TypesOf(DocumentFiles document) =>
        _assembly.Value.GetTypes().Where(type => type.Namespace == document.Namespace);

    /// <summary>The diagnostics of the generator for a document: file, line, column, identifier.</summary>
    public string[] DiagnosticsOf(DocumentFiles document) =>
    [
        .. _result.Diagnostics.Where(d => document.Files.ContainsKey(d.Location.GetLineSpan().Path))
            .OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal)
            .ThenBy(d => d.Location.GetLineSpan().StartLinePosition)
            .Select(Show),
    ];

    /// <summary>The errors of the generator for a document.</summary>
    public string[] ErrorsOf(DocumentFiles document) =>
    [
        .. _result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error && document.Files.ContainsKey(d.Location.GetLineSpan().Path))
            .Select(Show),
    ];

    /// <summary>The errors and warnings of the compiler in a document's generated code.</summary>
    public string[] WarningsOf(DocumentFiles document) => [.. _warnings.Value[document.Namespace]];

    private static string Show(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(place.Path)}:{place.StartLinePosition.Line + 1} {diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}");
    }

    private static string NamespaceOf(string hintName)
    {
        string[] parts = hintName.Split('.');
        return parts.Length > 2 ? parts[0] + "." + parts[1] : "";
    }

    private Assembly Load()
    {
        using MemoryStream image = new();
        string[] errors = [.. _compilation.Value.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => d.ToString())];
        Assert.True(errors.Length == 0, string.Join("\n", errors));
        image.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(image);
    }

    private sealed class Text(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
