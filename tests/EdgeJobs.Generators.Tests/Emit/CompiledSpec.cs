using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Compiles the generated code of a spec together with code that uses it, and runs that code.</summary>
internal static class CompiledSpec
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp13, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Runs statements that use the generated code. They may use xunit's assertions and <c>Codec</c>.</summary>
    public static void Run(string spec, string statements) => Run(spec, statements, []);

    /// <summary>As <see cref="Run(string, string)"/>, for a spec of which the generator leaves out parts.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="statements">The statements.</param>
    /// <param name="omissions">The ids of the warnings, in the order of the document.</param>
    public static void Run(string spec, string statements, string[] omissions)
    {
        Assembly assembly = Load(spec, $$"""
            using System;
            using System.Linq;
            using System.Text;
            using EdgeJobs.Protocol;
            using Test.Specs;
            using Xunit;
            using Codec = EdgeJobs.Generators.Tests.Emit.Codec;
            internal static class Probe
            {
                public static void Run()
                {
                    {{statements}}
                }
            }
            """, omissions);
        try
        {
            assembly.GetType("Probe")!.GetMethod("Run")!.Invoke(null, null);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }

    /// <summary>Compiles the generated code, which must have no diagnostics.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="code">Code that is compiled with it.</param>
    /// <param name="omissions">The ids of the generator's warnings, in the order of the document.</param>
    public static Assembly Load(string spec, string code = "", params string[] omissions)
    {
        using MemoryStream image = new();
        Compilation compilation = Compile(spec, code, omissions);
        string[] found = [.. compilation.Emit(image).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning
            && d.Id != "CS1701").Select(d => d.ToString())];
        Assert.True(found.Length == 0, string.Join("\n", found));
        image.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(image);
    }

    /// <summary>Every diagnostic of the compiler in generated code, including hidden ones.</summary>
    public static string[] Findings(string spec) => [.. Compile(spec, "").GetDiagnostics().Select(d => d.ToString())];

    /// <summary>The generated files by name, without the namespace.</summary>
    public static Dictionary<string, string> Files(string spec) => Compile(spec, "").SyntaxTrees
        .Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))
        .ToDictionary(t => Path.GetFileName(t.FilePath)["Test.Specs.".Length..], t => t.ToString());

    /// <summary>The compilation of the generated code.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="code">Code that is compiled with it.</param>
    /// <param name="omissions">The ids of the generator's warnings, in the order of the document.</param>
    public static Compilation Compile(string spec, string code, params string[] omissions)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Compiled" + Guid.NewGuid().ToString("N"),
            [CSharpSyntaxTree.ParseText(code, Parsing)],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(
            [new EdgeJobsGenerator().AsSourceGenerator()],
            [new SpecText(spec)],
            Parsing,
            new Pipeline.SpecProject.Options("Test.Specs"))
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        Assert.Equal(
            omissions,
            diagnostics.OrderBy(d => d.Location.SourceSpan.Start).Select(d => d.Severity == DiagnosticSeverity.Warning ? d.Id : d.ToString()));
        return output;
    }

    private sealed class SpecText(string text) : AdditionalText
    {
        public override string Path => "topics.json";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
