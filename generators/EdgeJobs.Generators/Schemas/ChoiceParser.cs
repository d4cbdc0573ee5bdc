using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Makes a choice of alternatives that are not objects with their own string each, or are alternatives of two unions.</summary>
internal sealed class ChoiceParser(SpecContext context, SchemaMerger merger, TypeRegistry registry)
{
    /// <summary>Adds the choice to the types.</summary>
    /// <param name="schema">The schema with the alternatives.</param>
    /// <param name="name">Its C# name.</param>
    /// <param name="places">The alternatives.</param>
    /// <param name="alternatives">The same, merged.</param>
    /// <param name="types">Their types.</param>
    /// <param name="discriminator">The member that distinguishes all of them, or null.</param>
    /// <param name="wires">The value of the discriminator in each, or null.</param>
    public void Add(
        Schema schema,
        string name,
        List<JsonNode> places,
        List<Schema> alternatives,
        List<TypeRef> types,
        string? discriminator,
        List<string>? wires)
    {
        (string member, List<ChoiceConstant?> constants) = wires is null
            ? Constants(alternatives, types)
            : (discriminator!, wires.Select(w => (ChoiceConstant?)new ChoiceConstant(ValueKinds.String, w)).ToList());
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        List<ChoiceAlternative> models = new();
        for (int i = 0; i < types.Count; i++)
        {
            if (types.IndexOf(types[i]) < i)
            {
                continue;
            }

            Schema alternative = alternatives[i];
            MemberModel value = new(
                "",
                "Value",
                context.Documentation(m => alternative[m]),
                types[i],
                true,
                "",
                false);
            models.Add(new ChoiceAlternative(
                Free(NameOf(name, places[i], alternative, types[i]), taken),
                value,
                KindsOf(types[i]),
                constants[i],
                new EquatableArray<string>(Members(alternative, new()).Distinct().ToArray()),
                new EquatableArray<string>(alternative.Required.Select(r => r.Value).ToArray())));
        }

        registry.Add(new ChoiceModel(
            name,
            context.Documentation(m => schema[m]),
            member,
            new EquatableArray<ChoiceAlternative>(models),
            context.Flag(schema["deprecated"])));
    }

    /// <summary>The JSON types that values of a type may have.</summary>
    public ValueKinds KindsOf(TypeRef type) => type switch
    {
        IntegerRef or NumericEnumRef or NumberRef => ValueKinds.Number,
        BooleanRef => ValueKinds.Boolean,
        ArrayRef => ValueKinds.Array,
        MapRef or ObjectRef or RawObjectRef => ValueKinds.Object,
        NullRef => ValueKinds.None,
        NullableRef n => KindsOf(n.Value),
        AnyTypeRef { Alternatives.Count: 0 } => ValueKinds.Any,
        AnyTypeRef any => any.Alternatives.Aggregate(ValueKinds.None, (all, a) => all | KindsOf(a)),
        UnionRef u when registry.Types.TryGetValue(u.Name, out TypeModel? known) && known is ChoiceModel choice =>
            choice.Alternatives.Aggregate(ValueKinds.None, (all, a) => all | a.Kinds),
        UnionRef => ValueKinds.Object,
        _ => ValueKinds.String,
    };

    /// <summary>The member that has its own constant in each object, and these constants.</summary>
    private (string Member, List<ChoiceConstant?> Constants) Constants(List<Schema> alternatives, List<TypeRef> types)
    {
        List<int> objects = Enumerable.Range(0, types.Count).Where(i => (KindsOf(types[i]) & ValueKinds.Object) != 0).ToList();
        List<JsonNode>? first = objects.Count < 2 ? null : alternatives[objects[0]].Properties;
        foreach (JsonNode property in first ?? new List<JsonNode>())
        {
            List<ChoiceConstant?> constants = alternatives.Select(a => Constant(a, property.Key)).ToList();
            if (objects.All(i => types[i] is ObjectRef && constants[i] is not null)
                && objects.Select(i => constants[i]).Distinct().Count() == objects.Count)
            {
                return (property.Key, constants);
            }
        }

        return ("", alternatives.Select(_ => (ChoiceConstant?)null).ToList());
    }

    private ChoiceConstant? Constant(Schema alternative, string member)
    {
        if (alternative.Properties?.FirstOrDefault(p => p.Key == member) is not { } property || merger.Merge(property) is not { } schema)
        {
            return null;
        }

        JsonNode? constant = schema["const"] ?? (schema["enum"] is JsonArray { Items: { Count: 1 } only } ? only[0] : null);
        return constant switch
        {
            JsonString text => new ChoiceConstant(ValueKinds.String, text.Value),
            JsonNumber number when new NumberParser(context).Double(number) is { } value => new ChoiceConstant(
                ValueKinds.Number, CSharp.Number(value)),
            JsonBool flag => new ChoiceConstant(ValueKinds.Boolean, RuleText.Flag(flag.Value)),
            _ => null,
        };
    }

    /// <summary>The members that an object may have, also those of the alternatives of a nested choice.</summary>
    private IEnumerable<string> Members(Schema schema, HashSet<JsonObject> seen)
    {
        if (!seen.Add(schema.Site))
        {
            return Enumerable.Empty<string>();
        }

        IEnumerable<JsonNode> nested = new[] { schema["oneOf"], schema["anyOf"] }.OfType<JsonArray>().SelectMany(a => a.Items);
        return (schema.Properties ?? new List<JsonNode>()).Select(p => p.Key)
            .Concat(nested.Select(merger.Merge).OfType<Schema>().SelectMany(s => Members(s, seen)));
    }

    /// <summary>The name of an alternative: that of its schema or type, or its JSON type.</summary>
    private string NameOf(string choice, JsonNode place, Schema alternative, TypeRef type)
    {
        if (alternative.Site.Parent is { Key: "schemas", Parent.Key: "components" })
        {
            return context.NameOf(alternative.Site);
        }

        string name = type switch
        {
            ObjectRef o => o.Name,
            UnionRef u => u.Name,
            EnumRef e => e.Name,
            NumericEnumRef e => e.Name,
            ArrayRef => "List",
            MapRef => "Map",
            RawObjectRef => "Object",
            AnyTypeRef => "Json",
            IntegerRef => "Integer",
            NumberRef => "Number",
            BooleanRef => "Boolean",
            DateTimeRef => "DateTime",
            UuidRef => "Uuid",
            BytesRef => "Bytes",
            _ => "Text",
        };
        return name.StartsWith(choice, StringComparison.Ordinal) && name.Length > choice.Length && place.Parent is JsonArray
            ? name.Substring(choice.Length)
            : name;
    }

    private static string Free(string name, HashSet<string> taken)
    {
        string free = name;
        for (int number = 2; !taken.Add(free); number++)
        {
            free = name + CSharp.Number(number);
        }

        return free;
    }
}
