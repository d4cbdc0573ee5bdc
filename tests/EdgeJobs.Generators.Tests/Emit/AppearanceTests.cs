using System.CodeDom.Compiler;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>The visible parts of generated code: attributes, documentation, debugger display.</summary>
public sealed class AppearanceTests
{
    private static readonly string Everything = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));

    [Fact]
    public void Every_type_has_the_GeneratedCode_attribute()
    {
        foreach (string spec in new[] { Everything, File.ReadAllText(Repository.PathOf("topics.json")) })
        {
            Type[] types = [.. CompiledSpec.Load(spec).GetTypes().Where(t => t.Namespace == "Test.Specs"
                && !t.IsNested
                && t.GetCustomAttribute<CompilerGeneratedAttribute>() is null)];
            Assert.NotEmpty(types);
            Assert.All(types, t => Assert.True(t.GetCustomAttribute<GeneratedCodeAttribute>() is { Tool: "EdgeJobs.Generators" }, t.Name));
        }
    }

    [Fact]
    public void A_debugger_shows_the_identifying_members() => CompiledSpec.Run(
        SpecText.Payload(
            """
            { "type": "object", "required": ["level"], "properties": {
                "note": { "type": "string" }, "list": { "type": "array", "items": { "type": "string" } },
                "level": { "type": "integer" }, "deviceId": { "type": "string" }, "on": { "type": "boolean" },
                "inner": { "type": "object", "properties": { "raw": { "type": "object" } } } } }
            """),
        """
        string Shown<T>() => typeof(T).GetCustomAttributes(false).OfType<System.Diagnostics.DebuggerDisplayAttribute>().Single().Value;
        Assert.Equal("DeviceId = {DeviceId}, Level = {Level}, Note = {Note}", Shown<M>());
        Assert.Equal("{ToString(),nq}", Shown<MInner>());
        """);

    [Fact]
    public void Every_model_has_value_equality()
    {
        Type[] models =
            [.. CompiledSpec.Load(Everything).GetTypes().Where(t => t.GetCustomAttribute<DebuggerDisplayAttribute>() is not null)];
        Assert.NotEmpty(models);
        Assert.All(models, t => Assert.True(t.IsAssignableTo(typeof(IEquatable<>).MakeGenericType(t)), t.Name));
    }

    [Theory]
    [InlineData(
        "\"type\": \"string\", \"minLength\": 1, \"maxLength\": 4, \"pattern\": \"^[a-z]+$\"", "/// 1 to 4 characters of <c>[a-z]</c>.")]
    [InlineData("\"type\": \"integer\", \"minimum\": 1, \"maximum\": 10, \"default\": 5", "/// 1 to 10. Absent means <c>5</c>.")]
    [InlineData("\"type\": \"integer\", \"format\": \"epoch-seconds\"", "/// In seconds since the Unix epoch.")]
    [InlineData("\"type\": \"number\", \"minimum\": 0.5", "/// At least 0.5.")]
    [InlineData(
        "\"type\": \"array\", \"maxItems\": 3, \"items\": { \"type\": \"integer\", \"maximum\": 9 }",
        "/// At most 3 items; each at most 9.")]
    [InlineData("\"type\": \"object\"", "/// If read from a payload, it is a slice of it, valid as long as the payload is not modified.")]
    [InlineData("\"type\": \"object\", \"x-maxBytes\": 9", "/// One JSON object of at most 9 bytes. If read from a payload, it is a "
        + "slice of it, valid as long as the payload is not modified.")]
    [InlineData(
        "\"type\": \"array\", \"items\": { \"type\": \"object\" }",
        "/// If read from a payload, it is a slice of it, valid as long as the payload is not modified.")]
    [InlineData("\"const\": \"x\"", "/// Always &quot;x&quot;.|/// Always \"x\".")]
    [InlineData("\"type\": \"string\", \"format\": \"byte\", \"x-maxBytes\": 9", "/// At most 9 bytes before base64.")]
    [InlineData("\"type\": \"string\", \"examples\": [\"a<b\", \"c`d\"]", "/// <example><c>\"a&lt;b\"</c>, <c>\"c\\u0060d\"</c></example>")]
    [InlineData(
        "\"type\": \"string\", \"externalDocs\": { \"url\": \"https://example.org/x?a=1&b=2\" }",
        "/// See <see href=\"https://example.org/x?a=1&amp;b=2\"/>.")]
    [InlineData("\"type\": \"integer\", \"deprecated\": true", "[Obsolete(\"Deprecated in the spec.\")]")]
    public void A_member_documents_its_unit_limits_default_and_examples(string schema, string line)
    {
        string text = CompiledSpec.Files(SpecText.Member("{ " + schema + ", \"description\": \"It.\" }"))["M.g.cs"];
        Assert.Contains(text.Split('\n'), l => line.Split('|').Contains(l.Trim()));
    }

    [Fact]
    public void A_type_has_the_examples_of_its_schema_and_its_message()
    {
        string text = CompiledSpec.Files(SpecText.Message("""
            { "payload": { "type": "object", "properties": { "a": { "type": "integer" } }, "examples": [{ "a": 1 }] },
              "examples": [{ "name": "two", "payload": { "a": 2 } }, { "headers": {}, "payload": { "a": 1 } }] }
            """))["M.g.cs"];
        Assert.Contains("/// <example><c>{\"a\":1}</c>, <c>{\"a\":2}</c></example>\n", text, StringComparison.Ordinal);
    }
}
