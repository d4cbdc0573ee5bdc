using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Tests.Pipeline;

/// <summary>No step runs twice.</summary>
public sealed class IncrementalTests
{
    private const string Path = "topics.json";

    private static readonly string Spec = SpecText.Payload(
        """{ "type": "object", "properties": { "x": { "$ref": "#/components/schemas/A" }, "y": { "$ref": "#/components/schemas/B" } } }""",
        """{ "schemas": { "A": { "type": "object", "properties": {}, "description": "One." }, "B": { "type": "object","""
            + """ "properties": {} } } }""");

    private static readonly string Faulty = SpecText.Member("""{ "type": "text" }""");

    private static readonly string[] Steps =
    [
        "EdgeJobs.Find", "EdgeJobs.Gather", "EdgeJobs.Parse", "EdgeJobs.Diagnostics", "EdgeJobs.Types", "EdgeJobs.Collisions", "EdgeJobs.Model",
        "EdgeJobs.Slice", "EdgeJobs.Emit"
    ];

    [Fact]
    public void An_edit_of_the_code_runs_no_step()
    {
        SpecProject project = new((Path, Spec));
        Assert.All(Steps, step => Assert.All(project.Reasons(step), r => Assert.Equal(IncrementalStepRunReason.New, r)));
        project.EditCode();
        foreach (string step in Steps)
        {
            IncrementalStepRunReason[] reasons = [.. project.Reasons(step)];
            Assert.NotEmpty(reasons);
            Assert.All(
                reasons, r => Assert.True(r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, step + " is " + r));
        }

        Assert.All(OutputReasons(project), r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void An_edit_of_white_space_stops_at_the_model()
    {
        SpecProject project = new((Path, Spec));
        string before = project.Text;
        project.EditSpec(Path, "\n\n" + Spec.Replace("{", "{ ", StringComparison.Ordinal));
        Assert.Equal([IncrementalStepRunReason.Modified], project.Reasons("EdgeJobs.Parse"));
        Assert.Equal([IncrementalStepRunReason.Unchanged], project.Reasons("EdgeJobs.Model"));
        Assert.All(project.Reasons("EdgeJobs.Slice"), r => Assert.Equal(IncrementalStepRunReason.Cached, r));
        Assert.All(project.Reasons("EdgeJobs.Emit"), r => Assert.Equal(IncrementalStepRunReason.Cached, r));
        Assert.Equal(before, project.Text);
    }

    [Fact]
    public void An_edit_of_one_spec_does_not_change_the_other()
    {
        string other = SpecText.Document("{}").Replace("\"Test\"", "\"Other\"", StringComparison.Ordinal);
        SpecProject project = new((Path, Spec), ("other.topics.json", other));
        project.EditSpec("other.topics.json", other.Replace("1.0.0", "1.0.1", StringComparison.Ordinal));
        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified], project.Reasons("EdgeJobs.Parse"));
        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified], project.Reasons("EdgeJobs.Model"));
    }

    [Fact]
    public void An_edit_of_a_file_that_no_spec_refers_to_reads_no_spec()
    {
        string spec = Spec.Replace("#/components/schemas/A", "parts/a.json#/A", StringComparison.Ordinal);
        SpecProject project = new(
            (Path, spec), ("parts/a.json", """{ "A": { "$ref": "thing.json" } }"""),
            ("parts/thing.json", """{ "type": "object", "properties": {} }"""), ("parts/c.json", "{}"));
        Assert.Empty(project.Result.Diagnostics);
        project.EditSpec("parts/c.json", """{ "x": 1 }""");
        Assert.Equal([IncrementalStepRunReason.Unchanged], project.Reasons("EdgeJobs.Gather"));
        Assert.Equal([IncrementalStepRunReason.Cached], project.Reasons("EdgeJobs.Parse"));
    }

    [Fact]
    public void An_edit_of_a_file_that_a_spec_refers_to_changes_what_shows_it()
    {
        string spec = Spec.Replace("#/components/schemas/A", "parts/a.json#/A", StringComparison.Ordinal);
        SpecProject project = new(
            (Path, spec), ("parts/a.json", """{ "A": { "$ref": "thing.json" } }"""),
            ("parts/thing.json", """{ "type": "object", "properties": {} }"""));
        project.EditSpec("parts/thing.json", """{ "type": "object", "properties": {}, "description": "New." }""");
        Assert.Equal([IncrementalStepRunReason.Modified], project.Reasons("EdgeJobs.Gather"));
        Assert.Equal(["M.g.cs", "MView.g.cs", "Thing.g.cs"], project.Emitted[IncrementalStepRunReason.Modified].Order(StringComparer.Ordinal));
        Assert.Contains("New.", project.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_moves_with_its_line()
    {
        SpecProject project = new((Path, Faulty));
        int line = Assert.Single(project.Result.Diagnostics).Location.GetLineSpan().StartLinePosition.Line;
        project.EditSpec(Path, "\n" + Faulty);
        Assert.Equal(line + 1, Assert.Single(project.Result.Diagnostics).Location.GetLineSpan().StartLinePosition.Line);
        project.EditSpec(Path, Spec);
        Assert.Empty(project.Result.Diagnostics);
        Assert.NotEmpty(project.Names);
    }

    /// <summary>
    /// A step that references a part of the compilation keeps all of it alive, and never equals the step of the next run.
    /// </summary>
    [Theory]
    [InlineData("EdgeJobs.Parse")]
    [InlineData("EdgeJobs.Diagnostics")]
    [InlineData("EdgeJobs.Types")]
    [InlineData("EdgeJobs.Collisions")]
    [InlineData("EdgeJobs.Model")]
    [InlineData("EdgeJobs.Slice")]
    [InlineData("EdgeJobs.Emit")]
    public void No_step_holds_a_part_of_the_compilation(string step)
    {
        foreach (string spec in new[] { Spec, Faulty })
        {
            SpecProject project = new((Path, spec));
            if (project.Result.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> runs))
            {
                Assert.All(
                    runs.SelectMany(r => r.Outputs), o => Walk(o.Value, new HashSet<object>(ReferenceEqualityComparer.Instance), step));
            }
        }
    }

    private static IEnumerable<IncrementalStepRunReason> OutputReasons(SpecProject project) =>
        project.Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).Select(o => o.Reason);

    private static void Walk(object? value, HashSet<object> seen, string path)
    {
        if (value is null or string or DiagnosticDescriptor || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        Assert.False(
            value is Compilation or ISymbol or SyntaxNode or SyntaxTree or AdditionalText or Location or Diagnostic or Delegate
                or Microsoft.CodeAnalysis.Text.SourceText or EdgeJobs.Generators.Json.JsonNode,
            path + " holds a " + value.GetType());
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                Walk(item, seen, path + "[]");
            }
        }

        for (Type? type = value.GetType(); type is not null; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Walk(field.GetValue(value), seen, path + "." + field.Name);
            }
        }
    }
}
