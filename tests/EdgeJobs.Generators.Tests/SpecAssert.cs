using System.Globalization;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Parse;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Tests;

/// <summary>Parses specs and checks the result. A diagnostic that a test does not expect fails it.</summary>
internal static class SpecAssert
{
    /// <summary>Marks the expected place of a diagnostic.</summary>
    private const char Open = '‹';
    private const char Close = '›';

    public static SpecResult Parse(string spec, string targetNamespace = "Test.Specs", bool isStrict = false) =>
        SpecParser.Parse("specs/topics.json", SourceText.From(spec), new SpecOptions(targetNamespace, IsStrict: isStrict));

    /// <summary>The model of a spec without any fault.</summary>
    public static SpecModel Model(string spec)
    {
        SpecResult result = Parse(spec);
        Assert.Equal([], result.Diagnostics.Select(Show));
        Assert.NotNull(result.Model);
        return result.Model;
    }

    /// <summary>The type of the member <c>x</c> of <see cref="SpecText.Member"/>.</summary>
    public static TypeRef MemberType(string schema, string schemas = "{}") => Member(schema, schemas).Type;

    /// <summary>The member <c>x</c> of <see cref="SpecText.Member"/>.</summary>
    public static MemberModel Member(string schema, string schemas = "{}") =>
        Assert.Single(Object(Model(SpecText.Member(schema, schemas)), "M").Members);

    /// <summary>An object of a spec.</summary>
    public static ObjectModel Object(SpecModel model, string name) =>
        Assert.IsType<ObjectModel>(Assert.Single(model.Types, t => t.Name == name));

    /// <summary>An enum of a spec.</summary>
    public static EnumModel Enum(SpecModel model, string name) => Assert.IsType<EnumModel>(Assert.Single(model.Types, t => t.Name == name));

    /// <summary>Reads <c>specs/topics.json</c> that may refer to other files.</summary>
    public static SpecResult Parse(string spec, params (string Path, string Text)[] others) => SpecParser.Parse(
        new SourceFile("specs/topics.json", SourceText.From(spec)),
        [.. others.Select(o => new SourceFile(o.Path, SourceText.From(o.Text)))],
        new SpecOptions("Test.Specs"));

    /// <summary>Asserts that a spec has exactly one fault, where the text is marked.</summary>
    public static void Fault(string id, string message, string marked)
    {
        (string spec, TextSpan span) = Unmark(marked);
        SpecResult result = Parse(spec);
        SpecDiagnostic found = Single(result);
        Diagnostic diagnostic = found.ToDiagnostic();
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(found.Descriptor.DefaultSeverity, diagnostic.Severity);
        Assert.Contains(message, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        Assert.Equal("specs/topics.json", place.Path);
        Assert.Equal(Position(spec, span.Start), place.StartLinePosition);
        Assert.Equal(Position(spec, span.End), place.EndLinePosition);
        Assert.Equal(diagnostic.Severity == DiagnosticSeverity.Error, result.Model is null);
        if (DiagnosticDescriptors.IsOmission(found.Descriptor))
        {
            Assert.Null(Parse(spec, isStrict: true).Model);
        }
    }

    /// <summary>A diagnostic as text, with its position.</summary>
    public static string Show(SpecDiagnostic diagnostic)
    {
        LinePosition start = diagnostic.Location.Lines.Start;
        string message = diagnostic.ToDiagnostic().GetMessage(CultureInfo.InvariantCulture);
        string file = diagnostic.Location.Path == "specs/topics.json" ? "" : diagnostic.Location.Path;
        return $"{file}({start.Line + 1},{start.Character + 1}) {diagnostic.Descriptor.Id} {message}";
    }

    private static SpecDiagnostic Single(SpecResult result)
    {
        Assert.True(
            result.Diagnostics.Count == 1, "expected one diagnostic, found:\n" + string.Join("\n", result.Diagnostics.Select(Show)));
        return result.Diagnostics[0];
    }

    private static (string Spec, TextSpan Span) Unmark(string marked)
    {
        int open = marked.IndexOf(Open, StringComparison.Ordinal);
        int close = marked.IndexOf(Close, StringComparison.Ordinal);
        Assert.True(open >= 0 && close > open, "the text has no mark");
        return (marked.Remove(close, 1).Remove(open, 1), TextSpan.FromBounds(open, close - 1));
    }

    /// <summary>Line and column, counted independently of the compiler.</summary>
    private static LinePosition Position(string text, int offset)
    {
        string before = text[..offset];
        return new LinePosition(before.Count(c => c == '\n'), offset - (before.LastIndexOf('\n') + 1));
    }
}
