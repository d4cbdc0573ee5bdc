using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>
/// Reads <c>oneOf</c>: objects that a member distinguishes. That member is named by <c>discriminator</c> (AsyncAPI writes a
/// name, OpenAPI an object), or is the one that every alternative has with a <c>const</c> of its own.
/// </summary>
internal sealed class UnionParser(SpecContext context, SchemaMerger merger, TypeRegistry registry, Func<JsonNode, TypeRef?> parse)
{
    private static readonly HashSet<string> KnownDiscriminator = new(StringComparer.Ordinal) { "propertyName", "mapping" };

    /// <summary>Reads a schema with <c>oneOf</c>; null when it is faulty (which is reported).</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="values">Reads alternatives that are no objects.</param>
    public TypeRef? Parse(Schema schema, AnyOfParser values)
    {
        if (context.Expect<JsonArray>(schema["oneOf"], "an array") is not { } list)
        {
            return null;
        }

        List<JsonNode> places = list.Items.Where(i => i is not JsonObject { } o || o["type"] is not JsonString { Value: "null" }).ToList();
        List<Schema> alternatives = places.Select(merger.Merge).OfType<Schema>().ToList();
        if (alternatives.Count < places.Count)
        {
            return null;
        }

        if (alternatives.Count == 1 && schema.Properties is null)
        {
            // The other one is null, or there is none.
            return parse(places[0]);
        }

        if (alternatives.All(a => a.Properties is null && a["oneOf"] is null))
        {
            Schema same = schema.Copy(schema.Site);
            same.Keywords.Remove("oneOf");
            same.Keywords["anyOf"] = list;
            return values.Parse(same);
        }

        return Discriminator(schema, list, alternatives, out JsonObject? mapping) is { } discriminator && AreAlone(schema, discriminator)
            ? Parse(schema, list, places, alternatives, discriminator, mapping)
            : null;
    }

    /// <summary>
    /// The suffix of the name of an inline alternative after that of its union: the value of its discriminator, or its index.
    /// </summary>
    public static string NameOfAlternative(JsonNode site)
    {
        if (site is JsonObject { } schema && site.Parent?.Parent is JsonObject union)
        {
            string? member = NameOf(union["discriminator"])?.Value;
            foreach (JsonNode property in (schema["properties"] as JsonObject)?.Members ?? Array.Empty<JsonNode>())
            {
                if ((member is null || property.Key == member)
                    && (property as JsonObject)?["const"] is JsonString { Value: var value }
                    && CodeName.Pascal(value) is { Length: > 0 } name)
                {
                    return name;
                }
            }
        }

        return "Alternative" + CodeName.Pascal(site.Key);
    }

    private UnionRef? Parse(
        Schema schema, JsonArray list, List<JsonNode> places, List<Schema> alternatives, string member, JsonObject? mapping)
    {
        if (registry.TakeUnionName(schema.Site) is not { } name || Wires(list, places, alternatives, member, mapping) is not { } wires)
        {
            return null;
        }

        List<string> types = new();
        for (int i = 0; i < places.Count; i++)
        {
            switch (parse(places[i]))
            {
                case ObjectRef o:
                    types.Add(o.Name);
                    break;
                case { } other:
                    string fix = other is UnionRef ? "list its alternatives here" : "put the value into a member of an object";
                    ReportAlternative(places[i], "an alternative must be an object with 'properties'; " + fix);
                    break;
            }
        }

        if (types.Count < places.Count)
        {
            return null;
        }

        DiscriminatorModel discriminator = new(member, MemberName(schema, alternatives, member, name, types));
        List<UnionAlternative> models = new();
        for (int i = 0; i < types.Count; i++)
        {
            registry.AddAlternative(types[i], new UnionBase(name, discriminator, wires[i]), places[i]);
            models.Add(new UnionAlternative(types[i], types[i] == "Unknown" ? "UnknownValue" : types[i], wires[i]));
        }

        registry.Add(new UnionModel(
            name,
            SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string")),
            discriminator,
            new EquatableArray<UnionAlternative>(models),
            context.Flag(schema["deprecated"])));
        return new UnionRef(name);
    }

    /// <summary>The member that distinguishes the alternatives; null when there is none (which is reported).</summary>
    private string? Discriminator(Schema schema, JsonArray list, List<Schema> alternatives, out JsonObject? mapping)
    {
        mapping = null;
        if (schema["discriminator"] is { } declared)
        {
            if (declared is JsonObject form)
            {
                context.CheckMembers(form, "a discriminator", KnownDiscriminator);
                mapping = context.Object(form["mapping"]);
                return context.RequiredString(form, "propertyName", "name the member that distinguishes the alternatives")?.Value;
            }

            return context.Expect<JsonString>(declared, "the name of a member")?.Value;
        }

        List<JsonString?> inherited = alternatives.Select(a => NameOf(a["discriminator"])).ToList();
        if (inherited[0] is { Value: var common } && inherited.All(i => i?.Value == common))
        {
            return common;
        }

        foreach (JsonNode property in alternatives[0].Properties ?? Enumerable.Empty<JsonNode>())
        {
            List<string?> constants = alternatives.Select(a => Constant(a, property.Key)?.Value).ToList();
            if (constants.All(c => c is not null) && constants.Distinct().Count() == constants.Count)
            {
                return property.Key;
            }
        }

        context.Bag.ReportName(
            DiagnosticDescriptors.AmbiguousUnion,
            list,
            list.Path,
            "add \"discriminator\": \"kind\", and give each of them a member 'kind' with a different string as \"const\"; or make it a "
            + "free-form object (\"additionalProperties\": true)");
        return null;
    }

    /// <summary>True if the schema has only the discriminator besides the alternatives.</summary>
    private bool AreAlone(Schema schema, string member)
    {
        JsonNode? beside =
            schema.Properties?.FirstOrDefault(p => p.Key != member) ?? schema.Required.FirstOrDefault(r => r.Value != member);
        if (beside is not null)
        {
            ReportAlternative(
                beside,
                "members beside 'oneOf' are not supported; put them into a separate object that each alternative includes with 'allOf'");
        }

        return beside is null;
    }

    /// <summary>The value of the discriminator in each alternative; null if one is missing or not unique (which is reported).</summary>
    private List<string>? Wires(JsonArray list, List<JsonNode> places, List<Schema> alternatives, string member, JsonObject? mapping)
    {
        Dictionary<JsonObject, JsonString> mapped = Mapped(mapping, alternatives);
        List<string> wires = new();
        for (int i = 0; i < places.Count; i++)
        {
            Schema alternative = alternatives[i];
            string? wire = mapped.TryGetValue(alternative.Site, out JsonString? entry) ? entry.Key : Constant(alternative, member)?.Value;
            if (wire is null
                && alternative.Site.Parent is { Key: "schemas", Parent.Key: "components" }
                && !HasOtherConstant(alternative, member))
            {
                // As AsyncAPI defines it: the value is the name of the schema.
                wire = alternative.Site.Key;
            }

            if (wire is null)
            {
                string fix = "give '" + places[i].Path + "' a member '" + member + "' with a different string as \"const\"";
                context.Bag.ReportName(DiagnosticDescriptors.AmbiguousUnion, places[i], list.Path, fix);
            }
            else if (wires.Contains(wire))
            {
                context.Bag.ReportName(DiagnosticDescriptors.DuplicateValue, places[i], list.Path, "the '" + member + "' \"" + wire + "\"");
            }
            else
            {
                wires.Add(wire);
            }
        }

        return wires.Count == places.Count ? wires : null;
    }

    /// <summary>The values that a mapping gives to alternatives.</summary>
    private Dictionary<JsonObject, JsonString> Mapped(JsonObject? mapping, List<Schema> alternatives)
    {
        Dictionary<JsonObject, JsonString> result = new();
        foreach (JsonNode entry in mapping?.Members ?? Array.Empty<JsonNode>())
        {
            if (context.Expect<JsonString>(entry, "a string") is not { } reference)
            {
                continue;
            }

            JsonNode? target = reference.Value.StartsWith("#", StringComparison.Ordinal)
                ? context.References.Target(reference)
                : ((context.Root["components"] as JsonObject)?["schemas"] as JsonObject)?[reference.Value];
            if (target is not null
                && merger.Merge(target) is { } schema
                && alternatives.Any(a => a.Site == schema.Site)
                && !result.ContainsKey(schema.Site))
            {
                result.Add(schema.Site, reference);
            }
            else if (target is not null || !reference.Value.StartsWith("#", StringComparison.Ordinal))
            {
                context.Bag.ReportValue(
                    DiagnosticDescriptors.InvalidValue, reference, reference.Path, "'" + reference.Value + "'",
                    "name one of the alternatives in 'oneOf', each once");
            }
        }

        return result;
    }

    /// <summary>The only string that a member may have in an alternative, or null.</summary>
    private JsonString? Constant(Schema alternative, string member) => Property(alternative, member) switch
    {
        { } schema when schema["const"] is { } constant => constant as JsonString,
        { } schema when schema["enum"] is JsonArray { Items: { Count: 1 } only } => only[0] as JsonString,
        _ => null,
    };

    /// <summary>True when the member has a constant that is no string.</summary>
    private bool HasOtherConstant(Schema alternative, string member) => Property(alternative, member)?["const"] is not (null or JsonString);

    private Schema? Property(Schema alternative, string member) =>
        alternative.Properties?.FirstOrDefault(p => p.Key == member) is { } property ? merger.Merge(property) : null;

    /// <summary>The C# name of the discriminator, which must be unused in the union and in all alternatives.</summary>
    private string MemberName(Schema schema, List<Schema> alternatives, string member, string union, List<string> types)
    {
        JsonNode? property = alternatives.Prepend(schema).SelectMany(
            a => a.Properties ?? Enumerable.Empty<JsonNode>()).FirstOrDefault(p => p.Key == member);
        string name = property is null ? CodeName.Pascal(member) : context.NameOf(property);
        return ReservedNames.Free(name, n => ReservedNames.Members.Contains(n)
            || ReservedNames.Types.Contains(n)
            || ReservedNames.UnionMembers.Contains(n)
            || n.Length == 0 || n == union || n == union + "View" || n == union + "Alternative" || n == "Unknown" + union
            || types.Any(t => t == n || t + "View" == n || "TryGet" + t == n));
    }

    private void ReportAlternative(JsonNode place, string fix) =>
        context.Bag.ReportName(DiagnosticDescriptors.UnsupportedSchema, place, place.Path, fix);

    private static JsonString? NameOf(JsonNode? discriminator) =>
        discriminator as JsonString ?? (discriminator as JsonObject)?["propertyName"] as JsonString;
}
