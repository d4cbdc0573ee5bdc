using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>
/// Follows the references of a schema and merges <c>allOf</c>. A schema that refers to one other schema and adds only
/// annotations is that other schema (and its type) with another description.
/// </summary>
internal sealed class SchemaMerger(SpecContext context)
{
    private readonly Dictionary<JsonObject, Schema?> _merged = new();
    private readonly List<JsonObject> _merging = new();

    /// <summary>The merged schema; null if it is faulty (which is reported).</summary>
    public Schema? Merge(JsonNode node)
    {
        if (node is not JsonObject site)
        {
            if (node is JsonBool)
            {
                context.Bag.ReportValue(
                    DiagnosticDescriptors.UnsupportedSchema, node, node.Path,
                    "write a schema; any JSON object is {\"type\": \"object\", \"additionalProperties\": true}");
            }
            else
            {
                context.Expect<JsonObject>(node, "a schema (an object)");
            }

            return null;
        }

        if (_merged.TryGetValue(site, out Schema? known))
        {
            return known;
        }

        int seen = _merging.IndexOf(site);
        if (seen >= 0)
        {
            context.References.ReportCircle(_merging.Skip(seen));
            return null;
        }

        if (_merging.Count >= SchemaParser.MaxDepth)
        {
            SchemaParser.ReportDepth(context, site);
            return null;
        }

        _merging.Add(site);
        Schema? merged = MergeSite(site);
        _merging.RemoveAt(_merging.Count - 1);
        _merged.Add(site, merged);
        return merged;
    }

    private Schema? MergeSite(JsonObject site)
    {
        List<Schema> parts = new();
        bool failed = false;
        if (site["$ref"] is { } reference)
        {
            Add(context.References.Target(reference));
        }

        if (site["allOf"] is { } merged)
        {
            JsonArray? all = context.Expect<JsonArray>(merged, "an array");
            failed |= all is null;
            foreach (JsonNode part in all?.Items ?? Enumerable.Empty<JsonNode>())
            {
                Add(part);
            }
        }

        failed |= !CheckKeywords(site);
        if (failed)
        {
            return null;
        }

        bool same = parts.Count == 1 && site.Members.All(m => m.Key is "$ref" or "allOf" || Keywords.IsAnnotation(m.Key));
        Schema result = same ? parts[0].Copy(parts[0].Site) : new Schema(site);
        foreach (Schema part in same ? Enumerable.Empty<Schema>() : parts)
        {
            failed |= !Absorb(result, part.Keywords.Select(k => (k.Key, k.Value)), part.Properties, part.Required);
        }

        failed |= !AbsorbOwn(result, site);
        return failed ? null : result;

        void Add(JsonNode? part)
        {
            Schema? schema = part is null ? null : Merge(part);
            failed |= schema is null;
            if (schema is not null)
            {
                parts.Add(schema);
            }
        }
    }

    private bool AbsorbOwn(Schema result, JsonObject site)
    {
        List<JsonNode>? properties = null;
        List<JsonString> required = new();
        bool whole = true;
        if (site["properties"] is { } declared)
        {
            properties = context.Expect<JsonObject>(declared, "an object")?.Members.ToList();
            whole &= properties is not null;
        }

        if (site["required"] is { } names)
        {
            JsonArray? list = context.Expect<JsonArray>(names, "an array of strings");
            whole &= list is not null;
            foreach (JsonNode item in list?.Items ?? Enumerable.Empty<JsonNode>())
            {
                JsonString? name = context.Expect<JsonString>(item, "a string");
                whole &= name is not null;
                if (name is not null)
                {
                    required.Add(name);
                }
            }
        }

        IEnumerable<(string, JsonNode)> keywords = site.Members
            .Where(m => m.Key is not ("$ref" or "allOf" or "properties" or "required"))
            .Select(m => (m.Key, m));
        return Absorb(result, keywords, properties, required) && whole;
    }

    private bool Absorb(
        Schema result, IEnumerable<(string Name, JsonNode Value)> keywords, List<JsonNode>? properties, List<JsonString> required)
    {
        bool agreed = true;
        foreach ((string name, JsonNode value) in keywords)
        {
            if (!result.Keywords.TryGetValue(name, out JsonNode? earlier) || Keywords.IsAnnotation(name))
            {
                result.Keywords[name] = value;
            }
            else if (Stricter(name, earlier, value) is { } stricter)
            {
                result.Keywords[name] = stricter;
            }
            else
            {
                agreed = Conflict(name, earlier, value);
            }
        }

        if (properties is not null)
        {
            result.Properties ??= new List<JsonNode>();
            foreach (JsonNode property in properties)
            {
                JsonNode? earlier = result.Properties.FirstOrDefault(p => p.Key == property.Key);
                if (earlier is null)
                {
                    result.Properties.Add(property);
                }
                else if (earlier != property && earlier.ToJson() != property.ToJson())
                {
                    agreed = Conflict("properties/" + property.Key, earlier, property);
                }
            }
        }

        result.Required.AddRange(required.Where(r => result.Required.All(o => o.Value != r.Value)));
        return agreed;
    }

    /// <summary>The value that satisfies both, or null when they contradict each other.</summary>
    private static JsonNode? Stricter(string name, JsonNode earlier, JsonNode value)
    {
        if (earlier == value
            || earlier.ToJson() == value.ToJson()
            || (name == "type" && Schema.TypeOf(earlier) is { } type && type == Schema.TypeOf(value)))
        {
            return earlier;
        }

        bool upper = name is "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" or "maxProperties" or "x-maxBytes";
        bool lower = name is "minimum" or "exclusiveMinimum" or "minLength" or "minItems" or "minProperties";
        return (upper || lower) && IsGreater(earlier, value) is { } greater ? greater == lower ? earlier : value : null;
    }

    /// <summary>
    /// Whether the first number is greater; null when one of them is none. What no decimal can hold is compared as a double.
    /// </summary>
    private static bool? IsGreater(JsonNode first, JsonNode second)
    {
        if (first is not JsonNumber { Text: var a } || second is not JsonNumber { Text: var b })
        {
            return null;
        }

        const NumberStyles style = NumberStyles.Float;
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (decimal.TryParse(a, style, culture, out decimal x) && decimal.TryParse(b, style, culture, out decimal y))
        {
            return x > y;
        }

        return double.TryParse(a, style, culture, out double v) && double.TryParse(b, style, culture, out double w)
            ? v > w
            : null;
    }

    private bool Conflict(string what, JsonNode earlier, JsonNode later)
    {
        context.Bag.Report(
            DiagnosticDescriptors.ConflictingSchemas, later.NameSpan, earlier.NameSpan, later.Path, earlier.NameSpan.Line,
            what);
        return false;
    }

    private bool CheckKeywords(JsonObject site)
    {
        bool supported = true;
        foreach (JsonNode keyword in site.Members)
        {
            if (Keywords.InsteadOf(keyword.Key) is { } instead && keyword is not JsonBool { Value: false })
            {
                context.Bag.ReportName(DiagnosticDescriptors.UnsupportedSchema, keyword, keyword.Path, instead);
                supported = false;
            }
            else if (!Keywords.IsAnnotation(keyword.Key) && !Keywords.IsConstraint(keyword.Key) && Keywords.InsteadOf(keyword.Key) is null)
            {
                string fix = Spelling.DidYouMean(keyword.Key, Keywords.Known, "remove it, or begin its name with 'x-'");
                context.Bag.ReportName(DiagnosticDescriptors.UnknownMember, keyword, keyword.Path, "a schema", fix);
            }
        }

        return supported;
    }
}
