using System.Globalization;
using EdgeJobs.Testing;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Tests.Pipeline;

/// <summary>The generator in a project.</summary>
public sealed class GeneratorTests
{
    private static readonly string Everything = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));

    [Fact]
    public void Everything_compiles_without_warnings()
    {
        SpecProject project = new(("everything.topics.json", Everything));
        Assert.Empty(project.Result.Diagnostics);
        project.AssertCompiles();
    }

    [Fact]
    public void The_Jobs_spec_compiles_without_warnings()
    {
        SpecProject project = new(("topics.json", File.ReadAllText(Repository.PathOf("topics.json"))));
        Assert.Empty(project.Result.Diagnostics);
        project.AssertCompiles();
    }

    [Theory]
    [InlineData("topics.json", true)]
    [InlineData("/a/b/topics.json", true)]
    [InlineData("C:\\a\\Topics.JSON", true)]
    [InlineData("a/light.topics.json", true)]
    [InlineData("asyncapi.json", true)]
    [InlineData("asyncapi.yaml", true)]
    [InlineData("a/light.asyncapi.yml", true)]
    [InlineData("topics.yml", true)]
    [InlineData("light.topics.YAML", true)]
    [InlineData("light.yaml", false)]
    [InlineData("a/light.asyncapi.json", true)]
    [InlineData("a/mytopics.json", false)]
    [InlineData("asyncapi", false)]
    [InlineData("a/topics.json.bak", false)]
    [InlineData("appsettings.json", false)]
    public void A_spec_is_found_by_its_name(string path, bool found) =>
        Assert.Equal(found, new SpecProject((path, SpecText.Payload("""{ "type": "object", "properties": {} }"""))).Names.Any());

    [Theory]
    [InlineData("light.json", "true", true)]
    [InlineData("topics.json", "false", false)]
    [InlineData("topics.json", "", true)]
    public void A_spec_is_found_by_its_metadata(string path, string value, bool found)
    {
        SpecProject.Options options = new("N", (path, "EdgeJobsSpec", value));
        Assert.Equal(found, new SpecProject(options, (path, SpecText.Document("{}"))).Names.Any());
    }

    [Theory]
    [InlineData("My.App", "", "My.App")]
    [InlineData("My.App", "Its.Own", "Its.Own")]
    [InlineData("my-app", "", "my_app")]
    [InlineData("", "", "EdgeJobs.Generated")]
    public void The_namespace_is_that_of_the_item_or_of_the_project(string root, string chosen, string expected)
    {
        SpecProject project = new(
            new SpecProject.Options(root, ("topics.json", "Namespace", chosen)), ("topics.json", SpecText.Document("{}")));
        Assert.Contains("namespace " + expected + ";", project.Text, StringComparison.Ordinal);
        Assert.All(project.Names, name => Assert.StartsWith(expected + ".", name, StringComparison.Ordinal));
    }

    [Fact]
    public void The_metadata_TypePrefix_names_the_classes_that_are_generated_once()
    {
        SpecProject.Options options = new("N", ("topics.json", "TypePrefix", "green-house"));
        SpecProject project = new(options, ("topics.json", SpecText.Payload("""{ "type": "object", "properties": {} }""")));
        Assert.Contains("static partial class GreenHouseTopics", project.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_has_its_place_in_the_file_and_generates_no_code()
    {
        SpecProject project = new(("specs/topics.json", "{\n  \"asyncapi\": 3\n}"));
        Diagnostic diagnostic = Assert.Single(project.Result.Diagnostics);
        Assert.Equal("specs/topics.json(2,15): error EJ0002: The spec is not AsyncAPI 3: 'asyncapi' must be a string, but is the number "
            + "3; write \"asyncapi\": \"3.0.0\" or \"3.1.0\"", diagnostic.ToString());
        Assert.Empty(project.Names);
    }

    [Fact]
    public void A_warning_still_generates_code()
    {
        SpecProject project = new(("topics.json", SpecText.Member("""{ "type": "string", "maxLenght": 5 }""")));
        Assert.Equal("EJ0033", Assert.Single(project.Result.Diagnostics).Id);
        Assert.NotEmpty(project.Names);
    }

    [Fact]
    public void All_faults_of_a_file_are_reported_at_once()
    {
        SpecProject project = new(("topics.json", SpecText.Document("""
            { "a": { "address": "x/#" }, "b": { "address": "x/{}" }, "c": { "$ref": "#/nowhere" },
              "d": { "address": "d", "messages": { "m": { "payload": { "type": "objekt" } } } } }
            """)));
        Assert.Equal(["EJ0012", "EJ0012", "EJ0007", "EJ0024"], project.Result.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void EJ0032_reports_two_specs_with_the_same_name()
    {
        string spec = SpecText.Payload("""{ "type": "object", "x-name": "PAYLOAD", "properties": {} }""");
        SpecProject project = new(
            ("b/topics.json", spec.Replace("PAYLOAD", "B", StringComparison.Ordinal)),
            ("a/topics.json", spec.Replace("PAYLOAD", "A", StringComparison.Ordinal)));
        Diagnostic diagnostic = Assert.Single(project.Result.Diagnostics);
        Assert.Equal(("EJ0032", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Equal("b/topics.json: (2,21)-(2,27)", diagnostic.Location.GetLineSpan().ToString());
        Assert.Equal("a/topics.json", Assert.Single(diagnostic.AdditionalLocations).GetLineSpan().Path);
        Assert.Contains(
            "This spec and 'topics.json' both generate 'Test.Specs.TestSpec'", diagnostic.GetMessage(CultureInfo.InvariantCulture),
            StringComparison.Ordinal);
        Assert.Empty(project.Names);
    }

    [Fact]
    public void EJ0032_reports_two_specs_that_share_a_type()
    {
        string spec = SpecText.Payload("""{ "type": "object", "x-name": "Error", "properties": {} }""");
        SpecProject project = new(
            ("a.topics.json", spec), ("b.topics.json", spec.Replace("\"Test\"", "\"Other\"", StringComparison.Ordinal)));
        Assert.Equal("b.topics.json: (2,21)-(2,28)", Assert.Single(project.Result.Diagnostics).Location.GetLineSpan().ToString());
    }

    [Fact]
    public void Two_specs_with_different_names_compile_in_one_project()
    {
        SpecProject project = new(
            new SpecProject.Options("Test", ("b.topics.json", "Namespace", "Test.Other")),
            ("a.topics.json", Everything),
            ("b.topics.json", Everything));
        Assert.Empty(project.Result.Diagnostics);
        project.AssertCompiles();
    }
}
