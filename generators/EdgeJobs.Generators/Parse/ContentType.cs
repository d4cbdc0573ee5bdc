using System;
using System.Linq;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Parse;

/// <summary>The content type of a message. One without a content type carries JSON.</summary>
/// <param name="Place">Where the document has it, or null.</param>
/// <param name="Text">As written, without parameters; empty for none.</param>
internal sealed record ContentType(JsonNode? Place, string Text)
{
    private static readonly string[] JsonTypes = { "", "application/json", "text/json", "application/x-json", "json", "*/*" };

    private static readonly string[] TextTypes =
    {
        "application/xml", "application/yaml", "application/x-yaml", "application/javascript", "application/x-www-form-urlencoded",
        "application/x-ndjson", "application/jsonl", "application/sql", "application/toml", "application/graphql", "text", "xml", "csv",
    };

    /// <summary>How the payload is encoded.</summary>
    public PayloadFormat Format { get; } = FormatOf(Text.ToLowerInvariant());

    /// <summary>The content type that a member names; of a list the first one.</summary>
    public static ContentType Of(JsonNode? node)
    {
        JsonNode? first = node is JsonArray list ? (list.Items.Count > 0 ? list.Items[0] : null) : node;
        string text = (first as JsonString)?.Value ?? "";
        return new ContentType(node, text.Split(';', ',')[0].Trim());
    }

    private static PayloadFormat FormatOf(string type)
    {
        if (JsonTypes.Contains(type) || type.EndsWith("+json", StringComparison.Ordinal))
        {
            return PayloadFormat.Json;
        }

        bool isText = type.StartsWith("text/", StringComparison.Ordinal)
            || type.EndsWith("+xml", StringComparison.Ordinal)
            || type.EndsWith("+yaml", StringComparison.Ordinal)
            || TextTypes.Contains(type);
        return isText ? PayloadFormat.Text : PayloadFormat.Bytes;
    }
}
