using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.Fuzz.Specs;

/// <summary>Writes JSON as YAML in block style, with a few of the forms that YAML has for one value.</summary>
internal static class YamlText
{
    /// <summary>YAML has longer keys only after a question mark.</summary>
    private const int LongestKey = 1000;

    public static string Write(JsonNode node)
    {
        StringBuilder text = new();
        Append(text, node, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } owner:
                text.Append('\n');
                foreach ((string key, JsonNode? value) in owner)
                {
                    string name = Key(key);
                    text.Append(' ', 2 * depth);
                    text = name.Length < LongestKey ? text.Append(name)
                        : text.Append("? ").Append(name).Append('\n').Append(' ', 2 * depth);
                    Append(text.Append(':'), value, depth + 1);
                }

                break;
            case JsonArray { Count: > 0 } list when depth % 3 != 0:
                text.Append('\n');
                foreach (JsonNode? item in list)
                {
                    Append(text.Append(' ', 2 * depth).Append('-'), item, depth + 1);
                }

                break;
            default:
                text.Append(' ').Append(Scalar(node)).Append('\n');
                break;
        }
    }

    private static string Key(string key) => IsPlain(key) ? key : JsonSerializer.Serialize(key);

    private static string Scalar(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) && IsPlain(text) ? text : node?.ToJsonString() ?? "~";

    /// <summary>A word of letters that is neither true, false nor null.</summary>
    private static bool IsPlain(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetter(c) || c == '-') && text[0] != '-'
        && text.ToLowerInvariant() is not ("true" or "false" or "null");
}
