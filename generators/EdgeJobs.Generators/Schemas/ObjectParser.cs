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

        foreach (JsonString required in schema.Required.Where(r => schema.Properties?.All(p => p.Key != r.Value) ?? true))
        {
            members.AddRange(Undeclared(name, schema, required, scope));
        }

        return new ObjectModel(
            name,
            SpecContext.Prose(context.Expect<JsonString>(schema["description"], "a string")),
            new EquatableArray<MemberModel>(members),
            -1,
            context.Flag(schema["deprecated"]),
            Examples: registry.ExamplesOf(name, context, schema),
            Rule: ObjectRuleParser.Parse(context, schema));
    }

    /// <summary>A member that is required, but not declared: any JSON, unless it is a misspelling of one that is declared.</summary>
    private IEnumerable<MemberModel> Undeclared(string owner, Schema schema, JsonString required, NameScope scope)
    {
        if (Spelling.Nearest(required.Value, (schema.Properties ?? new List<JsonNode>()).Select(p => p.Key)) is { } near)
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.UnknownRequired, required, schema.Site.Path, required.Value, "did you mean '" + near + "'?");
        }

        registry.Places[(owner, required.Value)] = required;
        string name = FreeName(CodeName.Pascal(required.Value), owner);
        if (scope.TryTake(name, required))
        {
            yield return new MemberModel(required.Value, name, "", AnyTypeRef.Json, true, "", false, IsNullable: true);
        }
    }

    private MemberModel? ParseMember(string owner, JsonNode property, bool isRequired, NameScope scope)
    {
        TypeRef type = schemas.Parse(property);
        string name = FreeName(context.NameOf(property), owner);
        bool named = scope.TryTake(name, property);
        if (schemas.Merge(property) is not { } schema || !named)
        {
            return null;
        }

        bool isNullable = type is NullableRef or AnyTypeRef { AllowsNull: true };
        type = NullableRef.WithoutNull(type);

        // Views have a conversion method for each list and map.
        string conversion = "To" + name;
        for (TypeRef outer = type; outer.Inner is { } inner; outer = inner)
        {
            if (outer is not NullableRef)
            {
                scope.TryTakeDerived(conversion, property);
                conversion += "Item";
            }
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
            TypeRegistry.Examples(context, schema),
            isRequired && isNullable);
    }

    /// <summary>A name that the generated code does not use itself.</summary>
    private string FreeName(string name, string owner) => ReservedNames.Free(
        name,
        n => ReservedNames.Members.Contains(n)
            || ReservedNames.Types.Contains(n)
            || n == owner
            || n == owner + "View"
            || n == context.Name + "JobOperations");
}
