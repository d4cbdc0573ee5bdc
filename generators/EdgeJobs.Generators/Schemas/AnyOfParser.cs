using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>
/// Reads <c>anyOf</c> in the one form that has an exact C# type: a rule for strings or whole numbers, and additional
/// values.
/// </summary>
internal sealed class AnyOfParser(SpecContext context, SchemaMerger merger, StringRuleParser strings)
{
    private const string Forms = "write one schema of strings or whole numbers and a {\"const\": ...} for each additional value";

    /// <summary>Reads a schema with <c>anyOf</c>; null when it is faulty (which is reported).</summary>
    public TypeRef? Parse(Schema schema)
    {
        if (!TrySplit(schema, out Schema? rule, out List<JsonNode> constants))
        {
            return null;
        }

        string? type = rule is null ? TypeOf(constants[0]) : Schema.TypeOf(rule["type"] ?? schema["type"]) ?? TypeOf(constants[0]);
        return type switch
        {
            "string" => Strings(rule, constants) is { } allowed ? new StringRef(allowed) : null,
            "integer" when rule is not null => Integers(rule, constants),
            _ => Unsupported(schema),
        };
    }

    /// <summary>Reads a schema with <c>anyOf</c> that must be one of strings.</summary>
    public StringRule? ParseStrings(Schema schema)
    {
        if (Parse(schema) is not { } type)
        {
            return null;
        }

        if (type is StringRef text)
        {
            return text.Rule;
        }

        context.Bag.ReportName(
            DiagnosticDescriptors.WrongKind, schema["anyOf"]!, schema.Site.Path, "a schema of strings", "one of whole numbers");
        return null;
    }

    /// <summary>Splits the alternatives into a rule (at most one) and values.</summary>
    private bool TrySplit(Schema schema, out Schema? rule, out List<JsonNode> constants)
    {
        rule = null;
        constants = new List<JsonNode>();
        if (context.Expect<JsonArray>(schema["anyOf"], "an array") is not { } alternatives)
        {
            return false;
        }

        bool whole = true;
        int rules = 0;
        foreach (JsonNode alternative in alternatives.Items)
        {
            if (merger.Merge(alternative) is not { } merged)
            {
                whole = false;
            }
            else if (merged["const"] is { } constant)
            {
                constants.Add(constant);
            }
            else if (merged["enum"] is JsonArray values && merged.Properties is null)
            {
                constants.AddRange(values.Items);
            }
            else
            {
                rule = merged;
                rules++;
            }
        }

        if (!whole)
        {
            return false;
        }

        JsonNode? beside = schema.Keywords.FirstOrDefault(k => k.Key is not ("type" or "anyOf") && Keywords.IsConstraint(k.Key)).Value;
        if (rules > 1 || constants.Count == 0 || beside is not null || schema.Properties is not null)
        {
            Unsupported(schema);
            return false;
        }

        return true;
    }

    private StringRule? Strings(Schema? rule, List<JsonNode> constants)
    {
        StringRule? first = rule is null ? StringRule.None : strings.Parse(rule);
        List<string> values = new();
        foreach (JsonNode constant in constants)
        {
            if (context.Expect<JsonString>(constant, "a string") is not { } value)
            {
                return null;
            }

            if (values.Contains(value.Value))
            {
                context.Bag.ReportValue(DiagnosticDescriptors.DuplicateValue, constant, constant.Parent!.Path, constant.ToJson());
                return null;
            }

            values.Add(value.Value);
        }

        return first is null ? null : first with { AlsoAllowed = new EquatableArray<string>(values), IsClosed = rule is null };
    }

    private IntegerRef? Integers(Schema rule, List<JsonNode> constants)
    {
        NumberParser numbers = new(context);
        IntegerRef? first = numbers.ParseInteger(rule);
        List<long> values = new();
        foreach (JsonNode constant in constants)
        {
            bool narrow = first?.Format == IntegerFormat.Int32;
            if (numbers.ParseConstant(
                constant, narrow ? int.MinValue : long.MinValue, narrow ? int.MaxValue : long.MaxValue) is not { } value)
            {
                return null;
            }

            if (values.Contains(value))
            {
                context.Bag.ReportValue(DiagnosticDescriptors.DuplicateValue, constant, constant.Parent!.Path, constant.ToJson());
                return null;
            }

            values.Add(value);
        }

        return first is null ? null : first with { Rule = first.Rule with { AlsoAllowed = new EquatableArray<long>(values) } };
    }

    private TypeRef? Unsupported(Schema schema)
    {
        JsonNode place = schema["anyOf"]!;
        context.Bag.ReportName(DiagnosticDescriptors.UnsupportedSchema, place, place.Path, Forms);
        return null;
    }

    private static string? TypeOf(JsonNode constant) => constant switch
    {
        JsonString => "string",
        JsonNumber => "integer",
        _ => null,
    };
}
