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
internal sealed class TypeListParser(SpecContext context, Func<Schema, TypeRef?> convert)
{
    private static readonly Dictionary<string, string[]> About = new(StringComparer.Ordinal)
    {
        ["string"] = new[] { "minLength", "maxLength", "pattern", "format", "contentEncoding" },
        ["integer"] = new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" },
        ["number"] = new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" },
        ["boolean"] = Array.Empty<string>(),
        ["array"] = new[] { "items", "minItems", "maxItems" },
        ["object"] = new[] { "additionalProperties" },
    };

    private const string Forms = "write one type, one type and \"null\", or several of string, integer, number, boolean, array and "
        + "object with keywords that apply to one of them";

    /// <summary>Reads the schema; null when it is faulty (which is reported).</summary>
    public TypeRef? Parse(Schema schema, JsonArray types)
    {
        List<string> names = new();
        foreach (JsonNode type in types.Items)
        {
            if (type is not JsonString { Value: var name } || !(About.ContainsKey(name) || name == "null"))
            {
                return Unsupported(types);
            }

            if (names.Contains(name))
            {
                context.Bag.ReportValue(DiagnosticDescriptors.DuplicateValue, type, types.Path, type.ToJson());
                return null;
            }

            names.Add(name);
        }

        // Null and absent are one, and a whole number is a number.
        names.Remove("null");
        HashSet<string> about = new(names.SelectMany(n => About[n]), StringComparer.Ordinal) { "type" };
        bool isNumberTwice = names.Contains("integer") && names.Contains("number");
        if (isNumberTwice || schema.Properties is not null || schema.Keywords.Keys.Any(k => Keywords.IsConstraint(k) && !about.Contains(k)))
        {
            return Unsupported(types);
        }

        List<TypeRef> alternatives = new();
        foreach (string name in names)
        {
            Schema one = schema.Copy(schema.Site);
            foreach (string foreign in schema.Keywords.Keys.Where(k => Keywords.IsConstraint(k) && !About[name].Contains(k)))
            {
                one.Keywords.Remove(foreign);
            }

            one.Keywords["type"] = types.Items.First(t => t is JsonString s && s.Value == name);
            if (convert(one) is not { } alternative)
            {
                return null;
            }

            alternatives.Add(alternative);
        }

        return new AnyTypeRef(new EquatableArray<TypeRef>(alternatives));
    }

    private TypeRef? Unsupported(JsonArray types)
    {
        context.Bag.ReportName(DiagnosticDescriptors.UnsupportedSchema, types, types.Path, Forms);
        return null;
    }
}
