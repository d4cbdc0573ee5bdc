using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads a schema whose <c>type</c> is a list: a value of any of these types, each with the keywords that are about it.</summary>
internal sealed class TypeListParser(SpecContext context, Func<Schema, TypeRef> convert)
{
    private static readonly Dictionary<string, string[]> About = new(StringComparer.Ordinal)
    {
        ["string"] = new[] { "minLength", "maxLength", "pattern", "format", "contentEncoding" },
        ["integer"] = new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" },
        ["number"] = new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" },
        ["boolean"] = Array.Empty<string>(),
        ["array"] = new[] { "items", "minItems", "maxItems", "uniqueItems" },
        ["object"] = new[] { "additionalProperties", "properties", "required" },
    };

    /// <summary>Reads the schema; null when it is faulty (which is reported).</summary>
    public TypeRef? Parse(Schema schema, JsonArray types)
    {
        List<JsonString> distinct = new();
        foreach (JsonNode type in types.Items)
        {
            if (context.Expect<JsonString>(type, "a string") is not { } name)
            {
                return null;
            }

            if (!About.ContainsKey(name.Value))
            {
                context.Bag.ReportValue(DiagnosticDescriptors.UnknownType, type, schema.Site.Path, name.Value, "");
                return null;
            }

            if (distinct.All(d => d.Value != name.Value))
            {
                distinct.Add(name);
            }
        }

        // A whole number is a number.
        if (distinct.Any(d => d.Value == "number"))
        {
            distinct.RemoveAll(d => d.Value == "integer");
        }

        string[] about = distinct.SelectMany(n => About[n.Value]).ToArray();
        EffectCheck.Run(context, schema, "a value of " + string.Join(" or ", distinct.Select(d => d.Value)), about);
        List<TypeRef> alternatives = new();
        foreach (JsonString type in distinct)
        {
            Schema one = schema.Copy(schema.Site);
            foreach (string foreign in schema.Keywords.Keys.Where(k => Keywords.IsConstraint(k) && !About[type.Value].Contains(k)))
            {
                one.Keywords.Remove(foreign);
            }

            one.Keywords["type"] = type;
            if (distinct.Count > 1)
            {
                ReportMembers(one);
                one.Properties = null;
                one.Required.Clear();
                if (one["additionalProperties"] is JsonBool { Value: false })
                {
                    one.Keywords.Remove("additionalProperties");
                }
            }

            alternatives.Add(convert(one));
        }

        return alternatives.Count == 0 ? null
            : alternatives.Count == 1 ? alternatives[0]
            : new AnyTypeRef(new EquatableArray<TypeRef>(alternatives));
    }

    private void ReportMembers(Schema schema)
    {
        if (schema["type"] is JsonString { Value: "object" } && schema.Properties is { Count: > 0 } properties)
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, properties[0].Parent!, properties[0].Parent!.Path,
                "write 'oneOf' with the object as one of the alternatives");
        }
    }
}
