using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Tests.Pipeline;

/// <summary>Specs in YAML.</summary>
public sealed class YamlTests
{
    [Theory]
    [InlineData("topics.json")]
    [InlineData("tests/EdgeJobs.Generators.Tests/Specs/everything.topics.json")]
    public void A_spec_in_YAML_gives_the_code_of_the_same_spec_in_JSON(string path)
    {
        string json = File.ReadAllText(Repository.PathOf(path.Split('/')));
        StringBuilder yaml = new("# A comment.\n");
        Write(yaml, JsonNode.Parse(json)!, "\n");
        SpecProject expected = new(("a.topics.json", json));
        SpecProject actual = new(("a.topics.yaml", yaml.ToString()));
        Assert.Empty(actual.Result.Diagnostics);
        Assert.NotEqual("", expected.Text);
        Assert.Equal(expected.Text, actual.Text);
    }

    [Fact]
    public void A_fault_has_its_line_and_column()
    {
        SpecProject project = new(("asyncapi.yaml", """
            asyncapi: 3.0.0
            info:
              title: Green é€😀 house # a comment
              version: 1.0
            channels:
              bed:
                address: 5
                messages: {m: {payload: {$ref: '#/components/schemas/Missing'}}}
            """.Replace("\r", "", StringComparison.Ordinal)));
        string[] expected =
        [
            "asyncapi.yaml(4,12): error EJ0005: '#/info/version' must be a string, but is the number 1.0, which needs quotes in YAML",
            "asyncapi.yaml(7,14): error EJ0005: '#/channels/bed/address' must be a string",
            "asyncapi.yaml(8,36): error EJ0007: '#/channels/bed/messages/m/payload' refers to '#/components/schemas/Missing'",
        ];
        string[] found = [.. project.Result.Diagnostics.Select(d => d.ToString())];
        Assert.Equal(expected, found.Zip(expected, (f, e) => f[..Math.Min(f.Length, e.Length)]));
        Assert.Equal(expected.Length, found.Length);
    }

    [Fact]
    public void A_spec_in_JSON_and_one_in_YAML_can_refer_to_both()
    {
        SpecProject project = new(
            ("a.topics.yaml", """
                asyncapi: 3.0.0
                info: {title: Beds, version: '1'}
                channels: {$ref: parts/channels.json}
                """),
            ("parts/channels.json", """
                { "c": { "address": "c", "messages": { "m": { "payload": { "$ref": "schemas.yml#/Reading" } } } } }
                """),
            ("parts/schemas.yml", """
                Reading:
                  type: object
                  properties: {unit: {$ref: ./unit.yaml}}
                """),
            ("parts/unit.yaml", "type: string\nenum: [on, off]\n"));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Contains("record Reading", project.Text, StringComparison.Ordinal);
        Assert.Contains("enum Unit", project.Text, StringComparison.Ordinal);
        project.AssertCompiles();
    }

    [Fact]
    public void EJ0001_says_what_is_no_YAML()
    {
        Diagnostic diagnostic = Assert.Single(new SpecProject(("topics.yaml", "asyncapi: 3.0.0\ninfo:\n\ttitle: T\n")).Result.Diagnostics);
        Assert.Equal("topics.yaml(3,1): error EJ0001: The spec is not YAML: a tab indents this line; use spaces", diagnostic.ToString());
    }

    /// <summary>Writes a value in block style where YAML has one, with a text in each of the styles.</summary>
    private static void Write(StringBuilder yaml, JsonNode? node, string newLine)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } mapping:
                foreach ((string name, JsonNode? value) in mapping)
                {
                    yaml.Append(newLine).Append(Text(name, newLine, isKey: true)).Append(": ");
                    Write(yaml, value, newLine + "  ");
                }

                break;
            case JsonArray { Count: > 0 } list:
                foreach (JsonNode? item in list)
                {
                    yaml.Append(newLine).Append("- ");
                    Write(yaml, item, newLine + "  ");
                }

                break;
            case JsonValue value when value.TryGetValue(out string? text):
                yaml.Append(Text(text, newLine, isKey: false));
                break;
            default:
                yaml.Append(node?.ToJsonString() ?? "~");
                break;
        }
    }

    private static string Text(string text, string newLine, bool isKey)
    {
        if (text.Length > 0 && text.All(c => char.IsAsciiLetter(c) || c is '/' or '$' or '_') && text is not ("true" or "false" or "null"))
        {
            return text;
        }

        if (text.Any(c => c is < ' ' or '\u0085' or '\u2028' or '\u2029'))
        {
            return "\"" + string.Concat(text.Select(c => c is >= ' ' and <= '~' and not ('"' or '\\')
                ? c.ToString()
                : string.Format(CultureInfo.InvariantCulture, char.IsSurrogate(c) ? "{1}" : "\\u{0:X4}", (int)c, c))) + "\"";
        }

        return !isKey && text.Length % 3 == 0 && text.Length > 0 && text.Trim() == text
            ? "|-" + newLine + text
            : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
    }
}
