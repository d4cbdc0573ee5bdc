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

/// <summary>Reads strings and whole numbers with an <c>enum</c> as C# enums.</summary>
internal sealed class EnumParser(SpecContext context, StringRuleParser strings, TypeRegistry registry)
{
    private const string Chooser = "x-enum-names";

    /// <summary>Reads an enum of strings; null when it is faulty (which is reported).</summary>
    public EnumRef? Parse(Schema schema)
    {
        JsonNode listed = schema["enum"]!;
        if (registry.TakeEnumName(schema.Site) is not { } type || strings.ParseValues(listed) is not { } wires)
        {
            return null;
        }

        List<JsonNode> places = ((JsonArray)listed).Items.Where(i => i is JsonString).ToList();

        // Unknown stands for values that this build does not know.
        EnumValue?[] values = Values(
            schema,
            wires,
            places,
            name => name == "Unknown" ? "UnknownValue" : name,
            (name, i, text) => new EnumValue(name, wires[i], text));
        registry.Add(new EnumModel(type, Description(schema), new EquatableArray<EnumValue>(values.OfType<EnumValue>().ToArray())));
        return new EnumRef(type);
    }

    /// <summary>Reads an enum of whole numbers; null when it is faulty (which is reported).</summary>
    public NumericEnumRef? ParseNumeric(Schema schema, JsonNode listed)
    {
        if (registry.TakeEnumName(schema.Site) is not { } type || ParseNumbers(schema, listed) is not { } numbers)
        {
            return null;
        }

        List<string> wires = numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)).ToList();
        List<JsonNode> places = ((JsonArray)listed).Items.Where(i => i is JsonNumber).ToList();
        NumericEnumValue?[] values = Values(
            schema, wires, places, name => name, (name, i, text) => new NumericEnumValue(name, numbers[i], text));
        registry.Add(new NumericEnumModel(
            type, Description(schema), new EquatableArray<NumericEnumValue>(values.OfType<NumericEnumValue>().ToArray())));
        return new NumericEnumRef(type);
    }

    /// <summary>The distinct numbers of <c>enum</c>; null when they are faulty.</summary>
    private List<long>? ParseNumbers(Schema schema, JsonNode listed)
    {
        NumberParser parser = new(context);
        parser.ParseInteger(schema);
        if (context.Expect<JsonArray>(listed, "an array of whole numbers") is not { } array)
        {
            return null;
        }

        List<long> values = new();
        bool whole = true;
        foreach (JsonNode item in array.Items.Where(i => i is not JsonNull))
        {
            if (parser.ParseConstant(item) is not { } value)
            {
                whole = false;
            }
            else if (values.Contains(value))
            {
                context.Bag.ReportValue(DiagnosticDescriptors.DuplicateValue, item, listed.Path, item.ToJson());
                whole = false;
            }
            else
            {
                values.Add(value);
            }
        }

        if (whole && values.Count == 0)
        {
            context.Bag.ReportName(DiagnosticDescriptors.InvalidValue, listed, listed.Path, "empty", "list the values that are allowed");
            return null;
        }

        return whole ? values : null;
    }

    /// <summary>Gives each value its name and description.</summary>
    private T?[] Values<T>(
        Schema schema, List<string> wires, List<JsonNode> places, Func<string, string> free, Func<string, int, string, T> create)
        where T : class
    {
        Dictionary<string, JsonNode> descriptions = Extras(schema, "x-enum-descriptions", wires);
        Dictionary<string, JsonNode> names = Extras(schema, Chooser, wires);
        NameScope scope = new(context, Chooser);
        T?[] values = new T?[wires.Count];
        for (int i = 0; i < wires.Count; i++)
        {
            string wire = wires[i];
            string? own = names.TryGetValue(wire, out JsonNode? chosen) ? context.ChosenName(chosen) : null;
            string name = own ?? NameOf(wire, places[i]);
            descriptions.TryGetValue(wire, out JsonNode? text);
            string description = SpecContext.Prose(context.Expect<JsonString>(text, "a string"));
            if (scope.TryTake(free(name), places[i]))
            {
                values[i] = create(free(name), i, description);
            }
        }

        return values;
    }

    private static string NameOf(string wire, JsonNode place) => place is JsonNumber
        ? "Value" + wire.Replace("-", "Minus")
        : CodeName.Pascal(wire);

    /// <summary>What an extension says about single values: an object by value, or an array in the order of <c>enum</c>.</summary>
    private Dictionary<string, JsonNode> Extras(Schema schema, string extension, List<string> wires)
    {
        Dictionary<string, JsonNode> result = new();
        if (schema[extension] is JsonArray { Items: var items } list)
        {
            for (int i = 0; i < Math.Min(items.Count, wires.Count); i++)
            {
                result[wires[i]] = items[i];
            }

            if (items.Count != wires.Count)
            {
                context.Bag.ReportName(
                    DiagnosticDescriptors.InvalidValue,
                    list,
                    list.Path,
                    "of " + items.Count + " items",
                    "write one for each of the " + wires.Count + " values of 'enum', or an object with the values as names");
            }

            return result;
        }

        if (context.Expect<JsonObject>(schema[extension], "an object, or an array in the order of 'enum'") is { } extras)
        {
            foreach (JsonNode extra in extras.Members)
            {
                if (wires.Contains(extra.Key))
                {
                    result[extra.Key] = extra;
                }
                else
                {
                    string fix = Spelling.DidYouMean(extra.Key, wires, "remove it, or add the value to 'enum'");
                    context.Bag.ReportName(DiagnosticDescriptors.UnknownMember, extra, extra.Path, "this enum", fix);
                }
            }
        }

        return result;
    }

    private string Description(Schema schema) => SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string"));
}
