using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;
using Json.Schema;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>The JSON Schema of the configuration file accepts what the agent accepts, and rejects what it rejects.</summary>
[Collection("environment")]
public sealed partial class SettingsSchemaTests
{
    private static readonly JsonDocumentOptions Relaxed = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSchema Schema = JsonSchema.FromText(SettingsSchema.Write());

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .SelectMany(file => JsonBlock().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Where(json => json.Contains("\"endpoint\"", StringComparison.Ordinal))];

    /// <summary>One setting with a value, and whether it can have it.</summary>
    public static TheoryData<string, string, bool> Values
    {
        get
        {
            TheoryData<string, string, bool> values = new()
            {
                { "thing_nam", "\"t\"", false },
                { "$schema", "\"file:///usr/share/edgejobs/edgejobs.schema.json\"", true },
                { "$schema", "{}", false },
                { "policy", "{}", true },
                { "policy", "[\"/bin/ls\"]", false },
                { "policy", """{"comands": []}""", false },
                { "policy", """{"strict": "maybe"}""", false },
                { "policy", """{"allowHttp": true}""", true },
                { "policy", """{"allowHttp": "maybe"}""", false },
            };
            foreach ((string name, bool hasPaths, _) in PolicyReader.Lists)
            {
                values.Add("policy", $$"""{"{{name}}": ["/x", "/y"], "strict": true}""", true);
                values.Add("policy", $$"""{"{{name}}": ["x"]}""", !hasPaths);
                values.Add("policy", $$"""{"{{name}}": [""]}""", false);
                values.Add("policy", $$"""{"{{name}}": "/x"}""", false);
            }

            foreach (Setting setting in RunSettings.All.Where(s => s != RunSettings.Configuration))
            {
                values.Add(setting.Name, "{}", false);
                if (setting.Maximum > 0)
                {
                    values.Add(setting.Name, Text(setting.Minimum), true);
                    values.Add(setting.Name, Text(setting.Minimum - 1), false);
                    values.Add(setting.Name, Text(setting.Maximum), true);
                    values.Add(setting.Name, Text(setting.Maximum + 1), false);
                }
                else if (setting.Choices is not null || setting.IsBoolean)
                {
                    values.Add(setting.Name, setting.IsBoolean ? "true" : $"\"{setting.Choices![^1]}\"", true);
                    values.Add(setting.Name, "\"other\"", false);
                }
                else if (setting.IsValid is not null)
                {
                    values.Add(setting.Name, "\"a\"", true);
                    values.Add(setting.Name, $"\"{new string('a', 129)}\"", false);
                }
            }

            return values;
        }
    }

    [Fact]
    public void The_schema_is_valid() =>
        Assert.True(MetaSchemas.Draft202012.Evaluate(JsonElement.Parse(File.ReadAllText(SettingsSchema.Path))).IsValid);

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_samples_of_the_docs_match(string json) => AssertValid(json, true);

    [Theory]
    [MemberData(nameof(Values))]
    public void The_schema_and_the_agent_agree_on_a_value(string name, string value, bool isValid)
    {
        JsonObject file = JsonNode.Parse("""{"endpoint": "h", "thing_name": "t"}""")!.AsObject();
        bool isProvisioned = SettingNames.Find(name, RunSettings.All) is { } setting
            && (setting.Needs ?? setting.Name) == "provisioning_template";
        file[isProvisioned ? "provisioning_template" : "cert"] = "t";
        if (!isProvisioned)
        {
            file["key"] = "k";
        }

        file[name] = JsonNode.Parse(value);
        AssertValid(file.ToJsonString(), isValid);
        using TestDirectory directory = new();
        string[] words = ["--config", directory.Write("c.json", file.ToJsonString())];
        if (isValid)
        {
            SettingsReader.ReadRun(words);
        }
        else
        {
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun(words));
        }
    }

    private static void AssertValid(string json, bool isValid) =>
        Assert.Equal(isValid, Schema.Evaluate(JsonElement.Parse(json, Relaxed)).IsValid);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("```jsonc?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
