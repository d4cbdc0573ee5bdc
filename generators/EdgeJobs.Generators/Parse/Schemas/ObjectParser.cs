using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Parse.Json;
using EdgeJobs.Generators.Parse.Names;

namespace EdgeJobs.Generators.Parse.Schemas;

/// <summary>Reads the members of objects.</summary>
internal sealed class ObjectParser(SpecContext context, SchemaParser schemas, TypeRegistry registry)
{
    /// <summary>Reads every object that is waiting, and those that they lead to.</summary>
    public void ParseAll()
    {
        while (registry.TryDequeue(out string name, out Schema schema))
        {
            registry.Add(Parse(name, schema));
        }
    }

    private ObjectModel Parse(string name, Schema schema)
    {
        NameScope scope = new(context, "x-name");
        List<MemberModel> members = new();
        foreach (JsonNode property in schema.Properties ?? Enumerable.Empty<JsonNode>())
        {
            registry.Places[(name, property.Key)] = property;
            bool isRequired = schema.Required.Any(r => r.Value == property.Key);
            if (ParseMember(name, property, isRequired, scope) is { } member)
            {
                members.Add(member);
            }
        }

        foreach (JsonString required in schema.Required)
        {
            if (schema.Properties is null || schema.Properties.All(p => p.Key != required.Value))
            {
                string mend = Spelling.DidYouMean(
                    required.Value, (schema.Properties ?? new List<JsonNode>()).Select(p => p.Key), "add it there, or remove it here");
                context.Bag.ReportValue(DiagnosticDescriptors.UnknownRequired, required, schema.Site.Path, required.Value, mend);
            }
        }

        return new ObjectModel(
            name,
            SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string")),
            new EquatableArray<MemberModel>(members),
            -1,
            context.Flag(schema["deprecated"]));
    }

    private MemberModel? ParseMember(string owner, JsonNode property, bool isRequired, NameScope scope)
    {
        TypeRef? type = schemas.Parse(property);
        string name = context.NameOf(property);
        if (ReservedNames.Members.Contains(name) || ReservedNames.Types.Contains(name) || name == owner || name == owner + "View")
        {
            name += "Value";
        }

        bool named = scope.TryTake(name, property);
        if (type is null || schemas.Merge(property) is not { } schema || !named)
        {
            return null;
        }

        // Views turn lists and maps into models with a method for each.
        string conversion = "To" + name;
        for (TypeRef? inner = type; inner is ArrayRef or MapRef; inner = (inner as ArrayRef)?.Element ?? ((MapRef)inner).Value)
        {
            scope.TryTake(conversion, property);
            conversion += "Item";
        }

        return new MemberModel(
            property.Key,
            name,
            SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string")),
            type,
            isRequired,
            Default(schema["default"], type),
            context.Flag(schema["deprecated"]));
    }

    /// <summary>The default as JSON text, once it is known to be one that the type allows.</summary>
    private string Default(JsonNode? value, TypeRef type)
    {
        bool fits = value is null or JsonNull || type switch
        {
            StringRef or EnumRef or DateTimeRef or UuidRef or BytesRef => value is JsonString,
            IntegerRef or NumericEnumRef or NumberRef => value is JsonNumber,
            BooleanRef => value is JsonBool,
            ArrayRef => value is JsonArray,
            _ => value is JsonObject,
        };
        if (!fits)
        {
            context.Bag.ReportValue(DiagnosticDescriptors.WrongKind, value!, value!.Path, SchemaParser.Describe(type), value.Kind);
        }
        else if (type is EnumRef { Name: var name } && value is JsonString text && registry.Types[name] is EnumModel model
            && model.Values.All(v => v.Wire != text.Value))
        {
            string mend = Spelling.DidYouMean(text.Value, model.Values.Select(v => v.Wire), "write one of the values that 'enum' lists");
            context.Bag.ReportValue(DiagnosticDescriptors.InvalidValue, text, text.Path, "'" + text.Value + "'", mend);
        }

        return value is null ? "" : value.ToJson();
    }
}
