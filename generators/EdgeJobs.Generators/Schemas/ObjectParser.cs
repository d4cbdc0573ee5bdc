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
        scope.ChooseAll(schema.Properties ?? Enumerable.Empty<JsonNode>());
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
            members.Add(Undeclared(name, schema, required, scope));
        }

        if (RestOf(schema) is { } rest)
        {
            members.Add(Rest(name, schema, rest, scope));
        }

        return new ObjectModel(
            name,
            context.Documentation(m => schema[m]),
            new EquatableArray<MemberModel>(members),
            -1,
            context.Flag(schema["deprecated"]),
            Examples: registry.ExamplesOf(name, context, schema),
            Rule: ObjectRuleParser.Parse(context, schema));
    }

    /// <summary>
    /// The schema of the members that an object does not list; null if it has none, or has one that is about the members of only one of
    /// several merged schemas.
    /// </summary>
    public static JsonObject? RestOf(Schema schema) =>
        schema["additionalProperties"] is JsonObject { Members.Count: > 0 } rest
        && (schema.Properties ?? new List<JsonNode>()).Concat<JsonNode>(schema.Required).All(p => p.Parent?.Parent == rest.Parent)
            ? rest
            : null;

    private MemberModel Rest(string owner, Schema schema, JsonObject rest, NameScope scope)
    {
        TypeRef value = schemas.Parse(rest);
        StringRule key = (schema["propertyNames"] is { } names ? schemas.Strings.ParseSchema(names) : null) ?? StringRule.None;
        string[] listed = (schema.Properties ?? new List<JsonNode>()).Select(p => p.Key)
            .Concat(schema.Required.Select(r => r.Value)).Distinct().ToArray();
        if (listed.FirstOrDefault(member => !DefaultParser.Fits(key, member)) is { } excluded)
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, schema["propertyNames"]!, schema["propertyNames"]!.Path,
                "it excludes the member '" + excluded + "' that 'properties' lists; let it allow that name, too");
        }

        RestRef type = new(value, key, new EquatableArray<string>(listed));
        string name = scope.Take(context.NameOf(rest), rest, n => IsReserved(n, owner), n => Names(n, type, hasDefault: false));
        string text = schemas.Merge(rest) is { } own ? context.Documentation(m => own[m]) : "";
        return new MemberModel("", name, text.Length == 0 ? "The members that the spec does not list." : text, type, false, "", false);
    }

    /// <summary>A member that is required, but not declared: any JSON, unless it is a misspelling of one that is declared.</summary>
    private MemberModel Undeclared(string owner, Schema schema, JsonString required, NameScope scope)
    {
        if (Spelling.Nearest(required.Value, (schema.Properties ?? new List<JsonNode>()).Select(p => p.Key)) is { } near)
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.UnknownRequired, required, schema.Site.Path, required.Value, "did you mean '" + near + "'?");
        }

        registry.Places[(owner, required.Value)] = required;
        string name = scope.Take(CodeName.Pascal(required.Value), required, n => IsReserved(n, owner));
        return new MemberModel(required.Value, name, "", AnyTypeRef.Json, true, "", false, IsNullable: true);
    }

    private MemberModel? ParseMember(string owner, JsonNode property, bool isRequired, NameScope scope)
    {
        TypeRef type = schemas.Parse(property);
        if (schemas.Merge(property) is not { } schema)
        {
            return null;
        }

        bool isNullable = type is NullableRef or AnyTypeRef { AllowsNull: true };
        type = NullableRef.WithoutNull(type);
        DefaultParser defaults = new(context, registry);
        string? defaultText = defaults.Parse(schema["default"], type);
        string name = scope.Take(
            context.NameOf(property),
            property,
            n => IsReserved(n, owner),
            n => Names(n, type, defaultText is not null && !isRequired));

        return new MemberModel(
            property.Key,
            name,
            context.Documentation(m => schema[m]),
            type,
            isRequired,
            defaults.IsUsable ? schema["default"]?.ToJson() ?? "" : "",
            context.Flag(schema["deprecated"]),
            isRequired ? null : defaultText,
            TypeRegistry.Examples(context, schema),
            isRequired && isNullable);
    }

    /// <summary>True for a name that the generated code uses itself.</summary>
    private bool IsReserved(string name, string owner) =>
        ReservedNames.Members.Contains(name)
        || ReservedNames.Types.Contains(name)
        || name == owner
        || name == owner + "View"
        || name == context.Name + "JobOperations";

    /// <summary>
    /// The property of a member, that with its default where the member is absent, and the methods of the view that convert lists and
    /// maps.
    /// </summary>
    private static string[] Names(string name, TypeRef type, bool hasDefault)
    {
        if (type.Inner is null && !hasDefault)
        {
            return new[] { name };
        }

        List<string> names = new() { name };
        string conversion = "To" + name;
        for (TypeRef outer = type; outer.Inner is { } inner; outer = inner)
        {
            if (outer is not NullableRef)
            {
                names.Add(conversion);
                conversion += "Item";
            }
        }

        if (hasDefault)
        {
            names.Add(name + "OrDefault");
        }

        return names.ToArray();
    }
}
