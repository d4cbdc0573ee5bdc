using System.Collections.Generic;
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
    private readonly Dictionary<JsonBool, Schema> _flags = new();
    private readonly List<JsonObject> _merging = new();

    /// <summary>The merged schema; null if it is faulty (which is reported).</summary>
    public Schema? Merge(JsonNode node)
    {
        if (node is JsonBool flag)
        {
            return OfFlag(flag);
        }

        if (node is not JsonObject site)
        {
            context.Expect<JsonObject>(node, "a schema (an object, true or false)");
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
            return new Schema(Synthetic.Empty(site));
        }

        _merging.Add(site);
        Schema? merged = MergeSite(site);
        _merging.RemoveAt(_merging.Count - 1);
        _merged.Add(site, merged);
        return merged;
    }

    /// <summary>A schema whose values satisfy both.</summary>
    public Schema Combine(Schema first, Schema second)
    {
        Schema both = first.Copy(first.Site);
        Absorb(both, second.Keywords.Select(k => (k.Key, k.Value)), second.Properties, second.Required, isReported: true);
        return both;
    }

    /// <summary>The schema <c>true</c> allows everything; <c>false</c> allows nothing, which no type can say.</summary>
    private Schema OfFlag(JsonBool flag)
    {
        if (!_flags.TryGetValue(flag, out Schema? schema))
        {
            schema = new Schema(Synthetic.Empty(flag));
            _flags.Add(flag, schema);
            _merged.Add(schema.Site, schema);
            if (!flag.Value)
            {
                context.Bag.ReportValue(
                    DiagnosticDescriptors.UncheckedKeyword, flag, flag.Path, "it allows no value; remove what it is about");
            }
        }

        return schema;
    }

    private Schema? MergeSite(JsonObject site)
    {
        List<Schema> parts = new();
        if (site["$ref"] is { } reference)
        {
            if (context.References.Target(reference) is not { } target || Merge(target) is not { } referred)
            {
                return null;
            }

            if (site.Members.Count == 1)
            {
                return referred;
            }

            parts.Add(referred);
        }

        if (site["allOf"] is { } merged)
        {
            if (context.Expect<JsonArray>(merged, "an array") is not { } all)
            {
                return null;
            }

            foreach (JsonNode part in all.Items)
            {
                if (Merge(part) is not { } schema)
                {
                    return null;
                }

                parts.Add(schema);
            }
        }

        CheckKeywords(site);
        List<Schema> meaningful = parts.Count == 1 ? parts : parts.Where(p => !p.IsAnnotation).ToList();
        bool same = meaningful.Count == 1 && site.Members.All(m => m.Key is "$ref" or "allOf" || Keywords.IsAnnotation(m.Key));
        Schema result = same ? meaningful[0].Copy(meaningful[0].Site) : new Schema(site);
        foreach (Schema part in same ? parts.Except(meaningful) : parts)
        {
            Absorb(result, part.Keywords.Select(k => (k.Key, k.Value)), part.Properties, part.Required, isReported: true);
        }

        return AbsorbOwn(result, site) ? result : null;
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

        // JSON Schema ignores what is beside a reference, so it gives way.
        Absorb(result, keywords, properties, required, isReported: site["$ref"] is null);
        return whole;
    }

    /// <summary>Adds keywords to a schema. Of two that contradict each other the first remains.</summary>
    private void Absorb(
        Schema result,
        IEnumerable<(string Name, JsonNode Value)> keywords,
        List<JsonNode>? properties,
        List<JsonString> required,
        bool isReported)
    {
        foreach ((string name, JsonNode value) in keywords)
        {
            if (!result.Keywords.TryGetValue(name, out JsonNode? earlier) || Keywords.IsAnnotation(name))
            {
                result.Keywords[name] = value;
            }
            else if (KeywordMerger.Both(name, earlier, value) is { } both)
            {
                result.Keywords[name] = both;
            }
            else if (isReported)
            {
                context.Bag.Report(
                    DiagnosticDescriptors.ConflictingSchemas, value.NameSpan, earlier.NameSpan, value.Path,
                    earlier.NameSpan.Line, name);
            }
        }

        if (properties is not null)
        {
            result.Properties ??= new List<JsonNode>();
            foreach (JsonNode property in properties)
            {
                int index = result.Properties.FindIndex(p => p.Key == property.Key);
                if (index < 0)
                {
                    result.Properties.Add(property);
                }
                else if (result.Properties[index] != property && result.Properties[index].ToJson() != property.ToJson())
                {
                    result.Properties[index] = Synthetic.Both(property, result.Properties[index], property);
                }
            }
        }

        result.Required.AddRange(required.Where(r => result.Required.All(o => o.Value != r.Value)));
    }

    private void CheckKeywords(JsonObject site)
    {
        foreach (JsonNode keyword in site.Members)
        {
            if (Keywords.InsteadOf(keyword.Key) is { } instead)
            {
                // What these mean is up to 'if' and 'contains', which are reported.
                if (keyword is not JsonBool && keyword.Key is not ("then" or "else" or "minContains" or "maxContains"))
                {
                    context.Bag.ReportName(DiagnosticDescriptors.UncheckedKeyword, keyword, keyword.Path, instead);
                }
            }
            else if (!Keywords.IsAnnotation(keyword.Key) && !Keywords.IsConstraint(keyword.Key))
            {
                string fix = Spelling.DidYouMean(keyword.Key, Keywords.Known, "remove it, or begin its name with 'x-'");
                context.Bag.ReportName(DiagnosticDescriptors.UnknownMember, keyword, keyword.Path, "a schema", fix);
            }
        }
    }
}
