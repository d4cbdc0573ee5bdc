using System;
using System.Collections.Generic;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads what strings must satisfy.</summary>
internal sealed class StringRuleParser(SpecContext context, SchemaMerger merger)
{
    private readonly Dictionary<string, (StringRule Rule, string? Fault)> _patterns = new(StringComparer.Ordinal);

    /// <summary>Reads a schema that must be one of strings: that of a topic parameter or of the names in a map.</summary>
    /// <returns>Null when it is faulty or allows something else (which is reported).</returns>
    public StringRule? ParseSchema(JsonNode node)
    {
        if (merger.Merge(node) is not { } schema)
        {
            return null;
        }

        if (schema["anyOf"] is not null)
        {
            return new AnyOfParser(context, merger, this, _ => AnyTypeRef.Json).ParseStrings(schema);
        }

        if (schema["type"] is { } type && Schema.TypeOf(type) != "string")
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.WrongKind, type, schema.Site.Path, "a schema of strings",
                "one of '" + ((type as JsonString)?.Value ?? type.ToJson()) + "'");
            return null;
        }

        if (schema["enum"] is { } listed)
        {
            return ParseValues(listed) is { } values
                ? StringRule.None with { AlsoAllowed = new EquatableArray<string>(values), IsClosed = true }
                : null;
        }

        return Parse(schema);
    }

    /// <summary>The distinct strings of <c>enum</c>; null when they are faulty.</summary>
    public List<string>? ParseValues(JsonNode listed)
    {
        if (context.Expect<JsonArray>(listed, "an array of strings") is not { } array)
        {
            return null;
        }

        List<string> values = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        HashSet<string> repeated = new(StringComparer.Ordinal);
        bool whole = true;
        foreach (JsonNode item in array.Items)
        {
            // With a type that may be null, the list may contain null.
            if (item is JsonNull)
            {
                continue;
            }

            if (context.Expect<JsonString>(item, "a string") is not { } value)
            {
                whole = false;
            }
            else if (seen.Add(value.Value))
            {
                values.Add(value.Value);
            }
            else if (repeated.Add(value.Value))
            {
                context.Bag.ReportValue(DiagnosticDescriptors.DuplicateValue, item, listed.Path, item.ToJson());
            }
        }

        if (whole && values.Count == 0)
        {
            context.Bag.ReportName(DiagnosticDescriptors.InvalidValue, listed, listed.Path, "empty", "list the values that are allowed");
            return null;
        }

        return whole ? values : null;
    }

    /// <summary>Reads lengths, pattern and <c>const</c>.</summary>
    public StringRule? Parse(Schema schema)
    {
        if (schema["const"] is { } constant)
        {
            return constant is JsonString value
                ? StringRule.None with { AlsoAllowed = new EquatableArray<string>(new[] { value.Value }), IsClosed = true }
                : null;
        }

        int minimum = context.Count(schema["minLength"]) ?? 0;
        int maximum = context.Count(schema["maxLength"]) ?? -1;
        JsonNode? place = schema["maxLength"] ?? schema["minLength"];
        CharacterSet? characters = null;
        Automaton? automaton = null;
        if (context.Expect<JsonString>(schema["pattern"], "a string") is { } pattern
            && ParsePattern(pattern.Value, pattern) is { } rule)
        {
            characters = rule.Characters;
            automaton = rule.Automaton;
            minimum = Math.Max(minimum, rule.MinLength);
            maximum = maximum < 0 ? rule.MaxLength : rule.MaxLength < 0 ? maximum : Math.Min(maximum, rule.MaxLength);
            place ??= pattern;
        }

        RangeCheck.Counts(context, place, ref minimum, ref maximum, "the least length");
        return StringRule.None with
        {
            MinLength = minimum,
            MaxLength = maximum,
            Characters = characters,
            Automaton = automaton,
            Format = Formats.Of(schema),
        };
    }

    /// <summary>Reads a pattern. One that can't be checked is reported, and allows every string.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="place">Where the document has it.</param>
    public StringRule ParsePattern(string pattern, JsonNode place)
    {
        if (!_patterns.TryGetValue(pattern, out (StringRule Rule, string? Fault) known))
        {
            known = Compile(pattern);
            _patterns.Add(pattern, known);
        }

        if (known.Fault is not null)
        {
            context.Bag.ReportValue(DiagnosticDescriptors.UnsupportedPattern, place, pattern, known.Fault);
        }

        return known.Rule;
    }

    private static (StringRule Rule, string? Fault) Compile(string pattern)
    {
        if (PatternParser.Parse(pattern, out int least, out int most) is { } characters)
        {
            return (StringRule.None with { MinLength = least, MaxLength = most, Characters = characters }, null);
        }

        Automaton? automaton = PatternCompiler.Compile(pattern, out string? fault);
        return (StringRule.None with { Automaton = automaton }, fault);
    }
}
