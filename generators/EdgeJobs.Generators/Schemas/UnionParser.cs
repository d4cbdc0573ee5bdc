using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>
/// Reads <c>oneOf</c>. Objects that a string member distinguishes become a union. That member is named by <c>discriminator</c> (AsyncAPI
/// writes a name, OpenAPI an object), or is the one that every alternative has with a <c>const</c> of its own. Others become a choice.
/// </summary>
internal sealed class UnionParser(SpecContext context, SchemaMerger merger, TypeRegistry registry, Func<JsonNode, TypeRef> parse)
{
    private static readonly HashSet<string> KnownDiscriminator = new(StringComparer.Ordinal) { "propertyName", "mapping" };

    /// <summary>Reads a schema with <c>oneOf</c>, without null; null when it is faulty (which is reported).</summary>
    /// <param name="schema">The schema.</param>
    public TypeRef? Parse(Schema schema)
    {
        if (context.Expect<JsonArray>(schema["oneOf"], "an array") is not { } list)
        {
            return null;
        }

        List<JsonNode> places = list.Items.ToList();
        List<Schema> alternatives = places.Select(merger.Merge).OfType<Schema>().ToList();
        if (alternatives.Count < places.Count)
        {
            return null;
        }

        string? discriminator = Discriminator(schema, alternatives, out JsonObject? mapping);
        List<string>? wires = discriminator is null ? null : Wires(alternatives, discriminator, mapping);
        if (HasCommonMembers(schema, discriminator))
        {
            places = WithCommonMembers(schema, places, alternatives);
            alternatives = places.Select(merger.Merge).OfType<Schema>().ToList();
        }

        List<TypeRef> types = places.Select(parse).ToList();
        bool allowsNull = types.Any(t => t is NullableRef or AnyTypeRef { AllowsNull: true });
        types = types.ConvertAll(NullableRef.WithoutNull);
        if (alternatives.Count < places.Count || registry.TakeUnionName(schema.Site) is not { } name)
        {
            return null;
        }

        // An alternative derives from its union, and a class has one base.
        bool isInherited = wires is not null && types.All(t => t is ObjectRef o && !registry.IsAlternative(o.Name))
            && types.Distinct().Count() == types.Count;
        if (isInherited)
        {
            AddUnion(schema, name, places, alternatives, types.Cast<ObjectRef>().Select(o => o.Name).ToList(), discriminator!, wires!);
        }
        else
        {
            new ChoiceParser(context, merger, registry).Add(schema, name, places, alternatives, types, discriminator, wires);
        }

        return allowsNull ? NullableRef.Of(new UnionRef(name)) : new UnionRef(name);
    }

    /// <summary>
    /// Reads an object with a discriminator that other schemas beside it include with <c>allOf</c>: one of these. Null if there are not
    /// several.
    /// </summary>
    public TypeRef? ParseBase(Schema schema)
    {
        List<JsonNode> derived = (schema.Site.Parent as JsonObject)?.Members.Where(IsDerived).ToList() ?? new List<JsonNode>();
        if (derived.Count < 2)
        {
            return null;
        }

        Schema choice = schema.Copy(schema.Site);
        choice.Properties = null;
        choice.Required.Clear();
        choice.Keywords["oneOf"] = Synthetic.Array(schema.Site, derived);
        return Parse(choice);

        bool IsDerived(JsonNode node) => (node as JsonObject)?["allOf"] is JsonArray { Items: var parts }
            && parts.Any(p => (p as JsonObject)?["$ref"] is { } reference && context.References.Target(reference) == schema.Site);
    }

    /// <summary>
    /// The suffix of the name of an inline alternative after that of its union: the value of its discriminator, or its index.
    /// </summary>
    public static string NameOfAlternative(JsonNode site)
    {
        // An alternative to which common members are added.
        JsonNode own = site is JsonObject { Members.Count: 1 } && (site as JsonObject)?["allOf"] is JsonArray { Items: { Count: 2 } both }
            ? both[0]
            : site;
        if (own is JsonObject { } reference && reference["$ref"] is JsonString { Value: var target })
        {
            return CodeName.Pascal(target.Substring(target.LastIndexOf('/') + 1));
        }

        // Two alternatives may have the same constant.
        if (site.Parent is JsonArray list
            && NameOfConstant(own, list) is { } name
            && list.Items.All(other => other.Key == site.Key || NameOfConstant(other, list) != name))
        {
            return name;
        }

        bool isIndex = int.TryParse(site.Key, NumberStyles.None, CultureInfo.InvariantCulture, out int index);
        return "Alternative" + (isIndex ? CSharp.Number(index + 1) : CodeName.Pascal(site.Key));
    }

    /// <summary>A name from the constant of the discriminator, or of the first member that has one.</summary>
    private static string? NameOfConstant(JsonNode alternative, JsonArray list)
    {
        string? member = NameOf((list.Parent as JsonObject)?["discriminator"])?.Value;
        foreach (JsonNode property in ((alternative as JsonObject)?["properties"] as JsonObject)?.Members ?? Array.Empty<JsonNode>())
        {
            if ((member is null || property.Key == member)
                && (property as JsonObject)?["const"] is JsonString { Value: var value }
                && CodeName.Pascal(value) is { Length: > 0 } name)
            {
                return name;
            }
        }

        return null;
    }

    private void AddUnion(
        Schema schema, string name, List<JsonNode> places, List<Schema> alternatives, List<string> types, string member, List<string> wires)
    {
        DiscriminatorModel discriminator = new(member, MemberName(schema, alternatives, member, name, types));
        List<UnionAlternative> models = new();
        for (int i = 0; i < types.Count; i++)
        {
            registry.AddAlternative(types[i], new UnionBase(name, discriminator, wires[i]), places[i]);
            models.Add(new UnionAlternative(types[i], types[i] == "Unknown" ? "UnknownValue" : types[i], wires[i]));
        }

        registry.Add(new UnionModel(
            name,
            context.Documentation(m => schema[m]),
            discriminator,
            new EquatableArray<UnionAlternative>(models),
            context.Flag(schema["deprecated"])));
    }

    /// <summary>The member that distinguishes the alternatives; null when there is none.</summary>
    private string? Discriminator(Schema schema, List<Schema> alternatives, out JsonObject? mapping)
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

        return null;
    }

    /// <summary>True if the schema has members of its own besides the discriminator.</summary>
    private static bool HasCommonMembers(Schema schema, string? discriminator) =>
        schema.Properties?.Any(p => p.Key != discriminator) is true || schema.Required.Any(r => r.Value != discriminator);

    /// <summary>Adds the members beside <c>oneOf</c> to each alternative that may be an object.</summary>
    private static List<JsonNode> WithCommonMembers(Schema schema, List<JsonNode> places, List<Schema> alternatives) => places
        .Select((p, i) => !alternatives[i].MayBe("object") ? p
            : Synthetic.Both(p, p, Synthetic.Members(p, schema.Properties ?? new List<JsonNode>(), schema.Required)))
        .ToList();

    /// <summary>The value of the discriminator in each alternative; null if one is missing, not unique, or not a string.</summary>
    private List<string>? Wires(List<Schema> alternatives, string member, JsonObject? mapping)
    {
        Dictionary<JsonObject, JsonString> mapped = Mapped(mapping, alternatives);
        List<string> wires = new();
        foreach (Schema alternative in alternatives)
        {
            string? wire = mapped.TryGetValue(alternative.Site, out JsonString? entry) ? entry.Key : Constant(alternative, member)?.Value;
            if (wire is null
                && alternative.Site.Parent is { Key: "schemas", Parent.Key: "components" }
                && !HasOtherConstant(alternative, member))
            {
                // As AsyncAPI defines it: the value is the name of the schema.
                wire = alternative.Site.Key;
            }

            if (wire is null || alternative.Properties is null || wires.Contains(wire))
            {
                return null;
            }

            wires.Add(wire);
        }

        return wires;
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
                context.Bag.ReportName(
                    DiagnosticDescriptors.NoEffect, reference, reference.Path, "alternatives that 'oneOf' does not list");
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

    private static JsonString? NameOf(JsonNode? discriminator) =>
        discriminator as JsonString ?? (discriminator as JsonObject)?["propertyName"] as JsonString;
}
