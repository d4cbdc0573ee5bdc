using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

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
                string fix = Spelling.DidYouMean(
                    required.Value, (schema.Properties ?? new List<JsonNode>()).Select(p => p.Key), "add it there, or remove it here");
                context.Bag.ReportValue(DiagnosticDescriptors.UnknownRequired, required, schema.Site.Path, required.Value, fix);
            }
        }

        return new ObjectModel(
            name,
            SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string")),
            new EquatableArray<MemberModel>(members),
            -1,
            context.Flag(schema["deprecated"]),
            Examples: registry.ExamplesOf(name, context, schema));
    }

    private MemberModel? ParseMember(string owner, JsonNode property, bool isRequired, NameScope scope)
    {
        TypeRef? type = schemas.Parse(property);
        string name = ReservedNames.Free(
            context.NameOf(property),
            n => ReservedNames.Members.Contains(n)
                || ReservedNames.Types.Contains(n)
                || n == owner
                || n == owner + "View"
                || n == context.Name + "JobOperations");

        bool named = scope.TryTake(name, property);
        if (type is null || schemas.Merge(property) is not { } schema || !named)
        {
            return null;
        }

        // Views have a conversion method for each list and map.
        string conversion = "To" + name;
        for (TypeRef? inner = type; inner is ArrayRef or MapRef; inner = (inner as ArrayRef)?.Element ?? ((MapRef)inner).Value)
        {
            scope.TryTake(conversion, property);
            conversion += "Item";
        }

        string? defaultText = new DefaultParser(context, registry).Parse(schema["default"], type);
        if (defaultText is not null && !isRequired)
        {
            // Its value where the member is absent.
            scope.TryTake(name + "OrDefault", property);
        }

        return new MemberModel(
            property.Key,
            name,
            SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string")),
            type,
            isRequired,
            schema["default"]?.ToJson() ?? "",
            context.Flag(schema["deprecated"]),
            isRequired ? null : defaultText,
            TypeRegistry.Examples(context, schema));
    }
}
