using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Benchmarks;

/// <summary>
/// The generator as the compiler and the editor run it: the first time, after the edit of one description, and after an edit of
/// code. Each row includes the compiler's work of parsing the regenerated files.
/// </summary>
public class GeneratorBenchmarks
{
    private readonly CSharpParseOptions _parsing = new(LanguageVersion.CSharp13);
    private readonly Spec[] _specs = new Spec[2];
    private CSharpCompilation _compilation = null!;
    private CSharpCompilation _otherCode = null!;
    private GeneratorDriver _driver = null!;
    private int _next;

    [Params("topics.json", "500 operations")]
    public string Input { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        string text = Input == "topics.json" ? File.ReadAllText(Path.Combine(AppContext.BaseDirectory, Input)) : SyntheticSpec.Write(500);
        string edited = Input == "topics.json"
            ? text.Replace("The part of a job execution that updates change.", "What updates change.", StringComparison.Ordinal)
            : SyntheticSpec.Edited(text, 500);
        if (text == edited)
        {
            throw new InvalidOperationException("the edit changes nothing");
        }

        (_specs[0], _specs[1]) = (new Spec(text), new Spec(edited));
        _compilation = CSharpCompilation.Create(
            "Consumer",
            [CSharpSyntaxTree.ParseText("class Program { static void Main() { } }", _parsing)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);
        _otherCode = _compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Another;", _parsing));
        _driver = Cold();
        GeneratorRunResult result = _driver.GetRunResult().Results[0];
        if (result.Exception is not null || result.Diagnostics.Length > 0 || result.GeneratedSources.Length < 30)
        {
            throw new InvalidOperationException(
                "the spec is not generated: " + (result.Exception?.ToString() ?? string.Join("\n", result.Diagnostics)));
        }

        int characters = result.GeneratedSources.Sum(source => source.SourceText.Length);
        Console.WriteLine($"// {Input}: {text.Length:N0} characters of spec, "
            + $"{result.GeneratedSources.Length:N0} files, {characters:N0} characters");
    }

    [Benchmark(Description = "first run")]
    public GeneratorDriver Cold() => CSharpGeneratorDriver.Create(
        [new EdgeJobsGenerator().AsSourceGenerator()], [_specs[0]], _parsing, new Options()).RunGenerators(_compilation);

    [Benchmark(Description = "a description is edited")]
    public GeneratorDriver EditDescription()
    {
        Spec before = _specs[_next];
        _next = 1 - _next;
        return _driver = _driver.ReplaceAdditionalText(before, _specs[_next]).RunGenerators(_compilation);
    }

    [Benchmark(Description = "code is edited")]
    public GeneratorDriver EditCode() => _driver.RunGenerators(_otherCode);

    private sealed class Spec(string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text);

        public override string Path => "topics.json";

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }

    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values();

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = key == "build_property.RootNamespace" ? "Bench" : null;
            return value is not null;
        }
    }
}
