using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Benchmarks;

/// <summary>A generator over one spec, as the compiler and the editor run it. Each run includes the compiler's parsing.</summary>
internal sealed class SpecRuns
{
    private readonly CSharpParseOptions _parsing = new(LanguageVersion.CSharp13);
    private readonly IIncrementalGenerator _generator;
    private readonly Spec[] _specs;
    private readonly CSharpCompilation _compilation;
    private readonly CSharpCompilation _otherCode;
    private GeneratorDriver _driver;
    private int _next;

    public SpecRuns(string input, IIncrementalGenerator generator)
    {
        _generator = generator;
        string text = input == "topics.json" ? File.ReadAllText(Path.Combine(AppContext.BaseDirectory, input)) : SyntheticSpec.Write(500);
        string edited = input == "topics.json"
            ? text.Replace("The part of a job execution that updates change.", "What updates change.", StringComparison.Ordinal)
            : SyntheticSpec.Edited(text, 500);
        if (text == edited)
        {
            throw new InvalidOperationException("the edit changes nothing");
        }

        _specs = [new Spec(text), new Spec(edited)];
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
        Console.WriteLine($"// {input}: {text.Length:N0} characters of spec, "
            + $"{result.GeneratedSources.Length:N0} files, {characters:N0} characters");
    }

    public GeneratorDriver Cold() => CSharpGeneratorDriver.Create(
        [_generator.AsSourceGenerator()], [_specs[0]], _parsing, new Options()).RunGenerators(_compilation);

    public GeneratorDriver EditDescription()
    {
        Spec before = _specs[_next];
        _next = 1 - _next;
        return _driver = _driver.ReplaceAdditionalText(before, _specs[_next]).RunGenerators(_compilation);
    }

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
