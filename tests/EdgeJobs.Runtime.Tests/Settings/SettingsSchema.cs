using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>
/// Writes the JSON Schema of the configuration file. The agent also accepts numbers and switches as strings; editors need not suggest that.
/// </summary>
internal static partial class SettingsSchema
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    public static string Path { get; } = Repository.PathOf("packaging", "edgejobs.schema.json");

    public static string Write()
    {
        JsonObject properties = new() { ["$schema"] = new JsonObject { ["description"] = "The path of this file.", ["type"] = "string" } };
        foreach (Setting setting in RunSettings.All.Where(s => s != RunSettings.Configuration))
        {
            properties[setting.Name] = Property(setting);
        }

        properties[PolicyReader.Section] = Policy();
        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Configuration of the EdgeJobs agent",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
        return schema.ToJsonString(Layout) + "\n";
    }

    private static JsonObject Property(Setting setting)
    {
        JsonObject property = new()
        {
            ["description"] = Sentence(setting.Meaning
            + (setting.Absent is null ? "" : $". Default: {setting.Absent}"))
        };
        if (setting.IsBoolean)
        {
            property["type"] = "boolean";
            property["default"] = setting.Default == "true";
        }
        else if (setting.Maximum > 0)
        {
            property["type"] = "integer";
            property["minimum"] = setting.Minimum;
            property["maximum"] = setting.Maximum;
            property["default"] = setting.Default is null ? null : Number(setting.Default);
        }
        else if (setting.Choices is { } choices)
        {
            property["enum"] = new JsonArray([.. choices.Where(c => c.All(char.IsAsciiDigit)).Select(Number),
                .. choices.Select(c => JsonValue.Create(c))]);
            property["default"] = setting.Default!.All(char.IsAsciiDigit) ? Number(setting.Default!) : setting.Default;
        }
        else
        {
            property["type"] = "string";
            property["pattern"] = setting.Form is { } form && CharactersOf().Match(form) is { Success: true } match
                ? $"^{match.Groups[3]}{{{match.Groups[1]},{match.Groups[2]}}}$"
                : null;
            property["maxLength"] = setting.Form is { } bytes && bytes.EndsWith(" bytes of UTF-8", StringComparison.Ordinal)
                ? Number(bytes.Split(' ')[2]) : null;
            property["default"] = setting.Default;
        }

        foreach (string none in property.Where(p => p.Value is null).Select(p => p.Key).ToArray())
        {
            property.Remove(none);
        }

        return property;
    }

    private static JsonObject Policy()
    {
        Dictionary<string, string> meanings = Meanings();
        JsonObject properties = [];
        foreach ((string name, bool hasPaths, _) in PolicyReader.Lists)
        {
            JsonObject items = new() { ["type"] = "string", ["minLength"] = 1 };
            if (hasPaths)
            {
                items["pattern"] = "^/";
            }

            properties[name] = new JsonObject { ["description"] = "The allowed " + meanings[name], ["type"] = "array", ["items"] = items };
        }

        foreach (string flag in PolicyReader.Switches.Select(s => s.Name))
        {
            properties[flag] = new JsonObject { ["description"] = Sentence(meanings[flag]), ["type"] = "boolean", ["default"] = false };
        }

        return new JsonObject
        {
            ["description"] = "What jobs may do on the board. With this section, root is denied unless users lists it.",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
    }

    /// <summary>The last column of the table in docs/reference/execution-policy.md, by member.</summary>
    public static Dictionary<string, string> Meanings()
    {
        Dictionary<string, string> meanings = [];
        foreach (string line in File.ReadLines(Repository.PathOf("docs", "reference", "execution-policy.md"))
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal)))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            string text = Link().Replace(cells[4], "$1").Replace("`", "", StringComparison.Ordinal)
                .Replace("(restricts) ", "", StringComparison.Ordinal);
            meanings.Add(cells[1].Trim('`'), text.TrimEnd('.') + ".");
        }

        return meanings;
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..].TrimEnd('.') + ".";

    private static JsonNode Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+) to (\d+) characters of (\[.*\])$")]
    private static partial Regex CharactersOf();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")]
    private static partial Regex Link();
}
