using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>
/// Reads <c>oneOf</c> and <c>anyOf</c>: which members are required, values of one or several JSON types, or a choice of objects.
/// </summary>
internal sealed class AlternativesParser(
    SpecContext context,
    SchemaMerger merger,
    TypeRegistry registry,
    StringRuleParser strings,
    Func<JsonNode, TypeRef> parse,
    Func<Schema, TypeRef> convert)
{
    /// <summary>Reads a schema without null; null when it is faulty (which is reported).</summary>
    public TypeRef? Parse(Schema schema)
    {
        string keyword = schema["oneOf"] is not null ? "oneOf" : "anyOf";
        if (context.Expect<JsonArray>(schema[keyword], "an array") is not { } list)
        {
            return null;
        }

        Schema rest = schema.Copy(schema.Site);
        rest.Keywords.Remove(keyword);
        List<Schema> alternatives = list.Items.Select(merger.Merge).OfType<Schema>().ToList();
        if (alternatives.Count < list.Items.Count)
        {
            return null;
        }

        if (WithoutImpossible(schema, list, alternatives) is { } possible)
        {
            rest.Keywords[keyword] = possible;
            return Parse(rest);
        }

        if (alternatives.Count == 0)
        {
            context.Bag.ReportName(DiagnosticDescriptors.UncheckedKeyword, list, list.Path, "list the alternatives, or remove it");
            return convert(rest);
        }

        if (alternatives.Count == 1)
        {
            return rest.IsAnnotation ? parse(list.Items[0]) : convert(merger.Combine(rest, alternatives[0]));
        }

        if (schema.Properties is { } members && alternatives.All(IsRequirement))
        {
            AddChoice(rest, list, members, alternatives);
            return convert(rest);
        }

        if (schema["oneOf"] is not null && schema["anyOf"] is { } second)
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, second, second.Path, "write the alternatives of 'oneOf' and 'anyOf' in one list");
            schema = schema.Copy(schema.Site);
            schema.Keywords.Remove("anyOf");
            rest.Keywords.Remove("anyOf");
        }

        AnyOfParser values = new(context, merger, strings, convert);
        return alternatives.All(IsValue)
            ? values.Parse(alternatives.Select(a => merger.Combine(a, rest)).ToList())
            : ParseUnion(schema, keyword);
    }

    /// <summary>The alternatives that the type beside them allows, if that is some of them; otherwise null.</summary>
    private JsonArray? WithoutImpossible(Schema schema, JsonArray list, List<Schema> alternatives)
    {
        if (schema["type"] is not { } type)
        {
            return null;
        }

        List<JsonNode> possible = list.Items
            .Where((_, i) => alternatives[i]["type"] is not { } own || KeywordMerger.Both("type", type, own) is not null)
            .ToList();
        if (possible.Count == 0 || possible.Count == list.Items.Count)
        {
            return null;
        }

        // What one of several merged schemas says may be about the others.
        foreach (JsonNode useless in list.Parent == type.Parent ? list.Items.Except(possible) : Enumerable.Empty<JsonNode>())
        {
            context.Bag.ReportName(DiagnosticDescriptors.NoEffect, useless, useless.Path, "a value of the type that is beside it");
        }

        return Synthetic.Array(list, possible);
    }

    /// <summary>Reads an object with a discriminator as one of the schemas that include it; null if it is no such object.</summary>
    public TypeRef? ParseBase(Schema schema) => schema["discriminator"] is { } discriminator && discriminator.Parent == schema.Site
        ? new UnionParser(context, merger, registry, parse).ParseBase(schema)
        : null;

    private TypeRef? ParseUnion(Schema schema, string keyword)
    {
        Schema choice = schema.Copy(schema.Site);
        choice.Keywords["oneOf"] = schema[keyword]!;
        choice.Keywords.Remove("anyOf");
        if (schema["discriminator"] is not null)
        {
            EffectCheck.Run(context, choice, "a choice of objects", "oneOf", "discriminator", "properties", "required");
        }

        return new UnionParser(context, merger, registry, parse).Parse(choice);
    }

    private void AddChoice(Schema owner, JsonArray list, List<JsonNode> members, List<Schema> alternatives)
    {
        if (alternatives.SelectMany(a => a.Required).Any(r => members.All(m => m.Key != r.Value)))
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, list, list.Path, "name only members that 'properties' beside it declares");
            return;
        }

        owner.Choices.Add(new MemberChoice(
            new EquatableArray<EquatableArray<string>>(
                alternatives.Select(a => new EquatableArray<string>(a.Required.Select(r => r.Value).ToArray())).ToArray()),
            list.Key == "oneOf"));
    }

    /// <summary>True for an alternative that says nothing but which members are present.</summary>
    private static bool IsRequirement(Schema alternative) =>
        alternative.Required.Count > 0
        && (alternative.Properties?.All(p => p is JsonObject { Members.Count: 0 } or JsonBool { Value: true }) ?? true)
        && alternative.Keywords.All(k => !Keywords.IsConstraint(k.Key) || k is { Key: "type", Value: JsonString { Value: "object" } });

    /// <summary>True for an alternative that is no object with known members.</summary>
    private static bool IsValue(Schema alternative) =>
        alternative.Properties is null
        && alternative.Required.Count == 0
        && alternative["oneOf"] is null
        && alternative["anyOf"] is null
        && alternative["additionalProperties"] is not JsonBool { Value: false };
}
