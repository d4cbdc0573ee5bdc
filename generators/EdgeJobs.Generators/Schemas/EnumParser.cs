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

/// <summary>Reads <c>enum</c>: strings and whole numbers become C# enums, other values are checked.</summary>
internal sealed class EnumParser(SpecContext context, TypeRegistry registry)
{
    private const string Chooser = "x-enum-names";
    private const string NoComposites = "list strings, numbers, true or false; objects and arrays have no C# value";

    /// <summary>Reads a schema with an <c>enum</c>, or with a <c>const</c> that has no C# type.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="plain">Reads a schema without an <c>enum</c>.</param>
    /// <param name="mixed">Reads values of several JSON types.</param>
    public TypeRef? Parse(Schema schema, Func<Schema, TypeRef?> plain, Func<Schema, TypeRef?> mixed)
    {
        Schema rest = schema.Copy(schema.Site);
        rest.Keywords.Remove("enum");
        if (schema["const"] is JsonObject or JsonArray)
        {
            ReportUnchecked(schema["const"]!, NoComposites);
            rest.Keywords.Remove("const");
        }
        else if (schema["const"] is not null)
        {
            return plain(rest);
        }

        if (context.Expect<JsonArray>(schema["enum"], "an array") is not { } listed)
        {
            return plain(rest);
        }

        List<JsonNode> values = Values(schema, listed);
        if (values.Count == 0)
        {
            ReportUnchecked(listed, "list the values that are allowed");
            return plain(rest);
        }

        if (values.Any(v => v is JsonObject or JsonArray))
        {
            ReportUnchecked(listed, NoComposites);
            return plain(rest);
        }

        switch (TypeInference.TypeOf(values))
        {
            case "string":
                EffectCheck.Run(context, schema, "a string with an 'enum'", "enum", "x-enum-descriptions", "x-enum-names");
                return ParseTexts(schema, values);
            case "integer" when (schema["type"] as JsonString)?.Value != "number":
                EffectCheck.Run(
                    context, schema, "a whole number with an 'enum'", "enum", "format", "x-enum-descriptions", "x-enum-names");
                return ParseNumbers(schema, values);
            default:
                schema = schema.Copy(schema.Site);
                schema.Keywords["enum"] = Synthetic.Array(listed, values);
                return mixed(schema);
        }
    }

    /// <summary>The distinct values that the type allows, without null.</summary>
    private List<JsonNode> Values(Schema schema, JsonArray listed)
    {
        List<string> types = schema["type"] switch
        {
            JsonString one => new List<string> { one.Value },
            JsonArray several => several.Items.OfType<JsonString>().Select(t => t.Value).ToList(),
            _ => new List<string>(),
        };
        List<JsonNode> values = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        HashSet<string> repeated = new(StringComparer.Ordinal);
        foreach (JsonNode value in listed.Items.Where(v => v is not JsonNull))
        {
            string? type = TypeInference.TypeOf(new[] { value });
            if (types.Count > 0 && !types.Contains(type!) && !(type == "integer" && types.Contains("number")))
            {
                ReportUnchecked(value, "it is " + value.Kind + ", which 'type' does not allow; write a value of the type");
            }
            else if (seen.Add(Wire(value)))
            {
                values.Add(value);
            }
            else if (repeated.Add(Wire(value)))
            {
                context.Bag.ReportValue(DiagnosticDescriptors.DuplicateValue, value, listed.Path, value.Written);
            }
        }

        return values;
    }

    private static string Wire(JsonNode value) => value switch
    {
        JsonString text => text.ToJson(),
        JsonNumber number when NumberParser.IsWhole(number) => NumberParser.ToWhole(number).ToString(CultureInfo.InvariantCulture),
        _ => value.ToJson(),
    };

    private EnumRef? ParseTexts(Schema schema, List<JsonNode> places)
    {
        if (registry.TakeEnumName(schema.Site) is not { } type)
        {
            return null;
        }

        // Unknown stands for values that this build does not know.
        List<string> wires = places.Select(p => ((JsonString)p).Value).ToList();
        EnumValue?[] values = Values(
            schema,
            wires,
            places,
            name => name == "Unknown" ? "UnknownValue" : name,
            (name, i, text) => new EnumValue(name, wires[i], text));
        registry.Add(new EnumModel(type, Description(schema), new EquatableArray<EnumValue>(values.OfType<EnumValue>().ToArray())));
        return new EnumRef(type);
    }

    private TypeRef? ParseNumbers(Schema schema, List<JsonNode> places)
    {
        if (places.FirstOrDefault(p => !NumberParser.IsWhole((JsonNumber)p)) is { } beyond)
        {
            new NumberParser(context).ParseConstant(beyond);
            return places.Any(p => ((JsonNumber)p).Text[0] == '-') ? null : new IntegerRef(IntegerFormat.UInt64, IntegerRule.None);
        }

        if (registry.TakeEnumName(schema.Site) is not { } type)
        {
            return null;
        }

        List<long> numbers = places.Select(p => NumberParser.ToWhole((JsonNumber)p)).ToList();
        List<string> wires = numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)).ToList();
        NumericEnumValue?[] values = Values(
            schema, wires, places, name => name, (name, i, text) => new NumericEnumValue(name, numbers[i], text));
        registry.Add(new NumericEnumModel(
            type, Description(schema), new EquatableArray<NumericEnumValue>(values.OfType<NumericEnumValue>().ToArray())));
        return new NumericEnumRef(type);
    }

    private void ReportUnchecked(JsonNode place, string fix) =>
        context.Bag.ReportName(DiagnosticDescriptors.UncheckedKeyword, place, place.Path, fix);

    /// <summary>Gives each value its name and description.</summary>
    private T?[] Values<T>(
        Schema schema, List<string> wires, List<JsonNode> places, Func<string, string> free, Func<string, int, string, T> create)
        where T : class
    {
        Dictionary<string, JsonNode> descriptions = Extras(schema, "x-enum-descriptions", wires);
        Dictionary<string, JsonNode> names = Extras(schema, Chooser, wires);
        NameScope scope = new(context, Chooser);
        for (int i = 0; i < wires.Count; i++)
        {
            if (names.TryGetValue(wires[i], out JsonNode? chosen) && context.ChosenName(chosen) is { } name)
            {
                scope.Choose(free(name), places[i]);
            }
        }

        T?[] values = new T?[wires.Count];
        for (int i = 0; i < wires.Count; i++)
        {
            string wire = wires[i];
            string? own = names.TryGetValue(wire, out JsonNode? chosen) ? context.ChosenName(chosen) : null;
            string name = own ?? NameOf(wire, places[i]);
            descriptions.TryGetValue(wire, out JsonNode? text);
            string description = SpecContext.Prose(context.Expect<JsonString>(text, "a string"));
            values[i] = create(scope.Take(free(name), places[i]), i, description);
        }

        return values;
    }

    private static string NameOf(string wire, JsonNode place) => place is JsonNumber
        ? "Value" + wire.Replace("-", "Minus")
        : CodeName.Of(wire) is var name && name[0] == '_' ? "Value" + name.Substring(1) : name;

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

    private string Description(Schema schema) => context.Documentation(m => schema[m]);
}
