using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Parse.Json;
using EdgeJobs.Generators.Parse.Names;

namespace EdgeJobs.Generators.Parse.Schemas;

/// <summary>Reads strings with an <c>enum</c> as C# enums.</summary>
internal sealed class EnumParser(SpecContext context, StringRuleParser strings, TypeRegistry registry)
{
    private const string Chooser = "x-enum-names";

    /// <summary>Reads an enum; null when it is faulty (which is reported).</summary>
    public EnumRef? Parse(Schema schema)
    {
        JsonNode listed = schema["enum"]!;
        if (registry.TakeName(schema.Site) is not { } type || strings.ParseValues(listed) is not { } wires)
        {
            return null;
        }

        Dictionary<string, JsonNode> descriptions = Extras(schema, "x-enum-descriptions", wires);
        Dictionary<string, JsonNode> names = Extras(schema, Chooser, wires);
        List<JsonNode> places = ((JsonArray)listed).Items.Where(i => i is JsonString).ToList();
        NameScope scope = new(context, Chooser);
        List<EnumValue> values = new();
        for (int i = 0; i < wires.Count; i++)
        {
            string wire = wires[i];
            string name = names.TryGetValue(wire, out JsonNode? chosen) && context.ChosenName(chosen) is { } own ? own : CodeName.Pascal(wire);

            // Unknown is what a value that this build does not know is read as.
            name = name == "Unknown" ? "UnknownValue" : name;
            string description = descriptions.TryGetValue(wire, out JsonNode? text) ? SpecContext.Prose(context.Expect<JsonString>(text, "a string")) : "";
            if (scope.TryTake(name, places[i]))
            {
                values.Add(new EnumValue(name, wire, description));
            }
        }

        registry.Add(new EnumModel(type, SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string")), new EquatableArray<EnumValue>(values)));
        return new EnumRef(type);
    }

    /// <summary>The members of an extension that says more about single values.</summary>
    private Dictionary<string, JsonNode> Extras(Schema schema, string extension, List<string> wires)
    {
        Dictionary<string, JsonNode> result = new();
        if (context.Expect<JsonObject>(schema[extension], "an object") is { } extras)
        {
            foreach (JsonNode extra in extras.Members)
            {
                if (wires.Contains(extra.Key))
                {
                    result[extra.Key] = extra;
                }
                else
                {
                    string mend = Spelling.DidYouMean(extra.Key, wires, "remove it, or add the value to 'enum'");
                    context.Bag.ReportName(DiagnosticDescriptors.UnknownMember, extra, extra.Path, "this enum", mend);
                }
            }
        }

        return result;
    }
}
