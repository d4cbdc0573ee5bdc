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

/// <summary>
/// Turns schemas into C# types. The members of an object are read later, from a queue, so that the depth of the recursion
/// does not grow with the spec.
/// </summary>
internal sealed class SchemaParser
{
    /// <summary>The maximum nesting depth of references, <c>allOf</c>, arrays and maps.</summary>
    public const int MaxDepth = 64;

    private static readonly string[] TypeNames = { "object", "array", "string", "integer", "number", "boolean" };

    private readonly SpecContext _context;
    private readonly SchemaMerger _merger;
    private readonly TypeRegistry _registry;
    private readonly EnumParser _values;
    private readonly AlternativesParser _alternatives;
    private readonly Dictionary<JsonObject, TypeRef> _types = new();
    private readonly List<JsonObject> _parsing = new();

    public SchemaParser(SpecContext context, TypeRegistry registry)
    {
        _context = context;
        _registry = registry;
        _merger = new SchemaMerger(context);
        Strings = new StringRuleParser(context, _merger);
        _values = new EnumParser(context, registry);
        _alternatives = new AlternativesParser(context, _merger, registry, Strings, Parse, Convert);
    }

    /// <summary>Reads schemas that must be of strings.</summary>
    public StringRuleParser Strings { get; }

    /// <summary>A schema after its references are merged; null if it is faulty.</summary>
    public Schema? Merge(JsonNode node) => _merger.Merge(node);

    /// <summary>The type of a schema: any JSON when it is faulty, or has no C# type (which is reported).</summary>
    public TypeRef Parse(JsonNode node)
    {
        // If a schema has other annotations than its type, the type wins.
        if (_merger.Merge(node) is not { Site: { } site } own || _merger.Merge(site) is not { } schema)
        {
            return AnyTypeRef.Json;
        }

        TypeRef type = ParseSite(site, schema);
        return Nullability.Allows(own) ? NullableRef.Of(type) : type;
    }

    private TypeRef ParseSite(JsonObject site, Schema schema)
    {
        if (_types.TryGetValue(site, out TypeRef? known))
        {
            return known;
        }

        int seen = _parsing.IndexOf(site);
        if (seen >= 0)
        {
            JsonObject first = _parsing.Skip(seen).OrderBy(s => s.Span.Start).First();
            _context.Bag.ReportName(
                DiagnosticDescriptors.UnsupportedSchema, first, first.Path,
                "it is an array or map of itself; put the inner one into a member of an object");
            return AnyTypeRef.Json;
        }

        if (_parsing.Count >= MaxDepth)
        {
            ReportDepth(_context, site);
            return AnyTypeRef.Json;
        }

        _parsing.Add(site);
        TypeRef type = Convert(schema);
        _parsing.RemoveAt(_parsing.Count - 1);
        _types[site] = type;
        return type;
    }

    /// <summary>Notes which member of a payload carries the correlation token.</summary>
    public void Correlate(string type, string member, JsonString location, JsonObject message) =>
        _registry.Correlate(type, member, location, message);

    /// <summary>Notes an example of a payload.</summary>
    public void AddExample(string type, string json) => _registry.AddExample(type, json);

    /// <summary>A type in words, with its article.</summary>
    public static string Describe(TypeRef type) => type switch
    {
        StringRef or EnumRef or DateTimeRef or DateRef or UuidRef or BytesRef => "a string",
        IntegerRef or NumericEnumRef => "a whole number",
        NumberRef => "a number",
        BooleanRef => "true or false",
        ArrayRef => "an array",
        MapRef => "a map",
        RawObjectRef => "a free-form object",
        UnionRef => "a choice of objects",
        AnyTypeRef { Alternatives.Count: 0 } => "any JSON value",
        AnyTypeRef a => string.Join(" or ", a.Alternatives.Select(Describe)),
        NullRef => "null",
        NullableRef n => Describe(n.Value) + " or null",
        _ => "an object",
    };

    /// <summary>Reports a schema that is nested too deeply.</summary>
    public static void ReportDepth(SpecContext context, JsonObject site) => context.Bag.ReportName(
        DiagnosticDescriptors.TooDeep, site, site.Path, MaxDepth.ToString(CultureInfo.InvariantCulture));

    private TypeRef Convert(Schema schema)
    {
        bool allowsNull = Nullability.Split(schema, out Schema rest, out bool isOnlyNull);
        if (isOnlyNull)
        {
            return new AnyTypeRef(new EquatableArray<TypeRef>(new TypeRef[] { new NullRef() }));
        }

        TypeRef type = ConvertValue(rest) ?? AnyTypeRef.Json;
        return allowsNull ? NullableRef.Of(type) : type;
    }

    private TypeRef? ConvertValue(Schema schema)
    {
        if (schema["oneOf"] is not null || schema["anyOf"] is not null)
        {
            return _alternatives.Parse(schema);
        }

        if (schema["enum"] is not null || schema["const"] is JsonObject or JsonArray)
        {
            return _values.Parse(
                schema, ConvertPlain, s => new AnyOfParser(_context, _merger, Strings, Convert).Parse(new[] { s }));
        }

        return ConvertPlain(schema);
    }

    /// <summary>The type of a schema without alternatives and without an <c>enum</c>.</summary>
    private TypeRef? ConvertPlain(Schema schema)
    {
        if (schema["const"] is { } constant && !AllowsConstant(schema["type"], constant))
        {
            _context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, constant, constant.Path,
                "it is " + constant.Kind + ", which 'type' does not allow; write a value of the type");
            schema = schema.Copy(schema.Site);
            schema.Keywords.Remove("const");
        }

        if (schema["type"] is JsonArray types)
        {
            return new TypeListParser(_context, Convert).Parse(schema, types);
        }

        string? type = schema["type"] is { } declared
            ? _context.Expect<JsonString>(declared, "a string")?.Value
            : TypeInference.TypeOf(schema);
        switch (type)
        {
            case null:
                return AnyTypeRef.Json;
            case "string":
                return ConvertString(schema);
            case "integer":
                EffectCheck.Run(
                    _context, schema, "a whole number", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
                    "multipleOf", "const");
                return new NumberParser(_context).ParseInteger(schema);
            case "number":
                EffectCheck.Run(
                    _context, schema, "a number", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
                    "const");
                return new NumberParser(_context).ParseNumber(schema);
            case "boolean":
                EffectCheck.Run(_context, schema, "true or false", "const");
                return new BooleanRef(_context.Expect<JsonBool>(schema["const"], "true or false")?.Value);
            case "array":
                return ConvertArray(schema);
            case "object":
                return ConvertObject(schema);
            default:
                string near = Spelling.Nearest(type, TypeNames) is { } name ? "; did you mean '" + name + "'?" : "";
                JsonNode place = schema["type"]!;
                _context.Bag.ReportValue(DiagnosticDescriptors.UnknownType, place, schema.Site.Path, type, near);
                return null;
        }
    }

    /// <summary>Whether a value has the type of its schema.</summary>
    private static bool AllowsConstant(JsonNode? type, JsonNode constant) => type switch
    {
        JsonArray list => list.Items.Any(t => AllowsConstant(t, constant)),
        JsonString { Value: "string" } => constant is JsonString,
        JsonString { Value: "integer" or "number" } => constant is JsonNumber,
        JsonString { Value: "boolean" } => constant is JsonBool,
        JsonString { Value: "null" } => constant is JsonNull,
        JsonString { Value: "array" or "object" } => constant is JsonArray or JsonObject,
        _ => true,
    };

    private TypeRef? ConvertString(Schema schema)
    {
        if (schema["const"] is not null)
        {
            EffectCheck.Run(_context, schema, "a string with a 'const'", "const");
            return Strings.Parse(schema) is { } constant ? new StringRef(constant) : null;
        }

        switch (Formats.OfString(_context, schema))
        {
            case "date-time":
                EffectCheck.Run(_context, schema, "a date", "format");
                return new DateTimeRef();
            case "date":
                EffectCheck.Run(_context, schema, "a date", "format");
                return new DateRef();
            case "uuid":
                EffectCheck.Run(_context, schema, "a UUID", "format");
                return new UuidRef();
            case "byte":
                EffectCheck.Run(_context, schema, "bytes in base64", "format", "contentEncoding", "x-maxBytes");
                return new BytesRef(_context.Count(schema["x-maxBytes"]) ?? -1);
        }

        EffectCheck.Run(_context, schema, "a string", "format", "contentEncoding", "minLength", "maxLength", "pattern");
        return Strings.Parse(schema) is { } rule ? new StringRef(rule, Formats.IsSecret(schema)) : null;
    }

    private ArrayRef ConvertArray(Schema schema)
    {
        EffectCheck.Run(_context, schema, "an array", "items", "minItems", "maxItems", "uniqueItems");
        int minimum = _context.Count(schema["minItems"]) ?? 0;
        int maximum = _context.Count(schema["maxItems"]) ?? -1;
        RangeCheck.Counts(_context, schema["maxItems"], ref minimum, ref maximum, "the least count");
        bool isUnique = _context.Flag(schema["uniqueItems"]);
        if (schema["items"] is JsonArray tuple)
        {
            _context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, tuple, tuple.Path,
                "write one schema that holds for every element, or make it an object");
            return new ArrayRef(AnyTypeRef.Json, minimum, maximum, isUnique);
        }

        return new ArrayRef(schema["items"] is { } items ? Parse(items) : AnyTypeRef.Json, minimum, maximum, isUnique);
    }

    private TypeRef? ConvertObject(Schema schema)
    {
        JsonNode? additional = schema["additionalProperties"];
        if (schema["patternProperties"] is { } patterns)
        {
            Schema rest = schema.Copy(schema.Site);
            rest.Keywords.Remove("patternProperties");
            if (schema.Properties is null
                && additional is JsonBool { Value: false }
                && patterns is JsonObject { Members: { Count: 1 } only }
                && schema["propertyNames"] is null)
            {
                rest.Keywords["additionalProperties"] = only[0];
                return ConvertMap(rest, only[0], Strings.ParsePattern(only[0].Key, only[0]));
            }

            _context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, patterns, patterns.Path,
                schema.Properties is null
                    ? "use 'additionalProperties' with a schema, and 'propertyNames' with the pattern"
                    : "use 'additionalProperties' with a schema for the members that 'properties' does not list");
            if (schema.Properties is null || additional is JsonObject)
            {
                rest.Keywords.Remove("additionalProperties");
            }

            return ConvertObject(rest);
        }

        bool isMap = schema.Properties is { Count: 0 } && schema.Required.Count == 0 && additional is JsonObject;
        if (!isMap && (schema.Properties is not null || schema.Required.Count > 0 || additional is JsonBool { Value: false }))
        {
            if (_alternatives.ParseBase(schema) is { } union)
            {
                return union;
            }

            if (additional is JsonObject { Members.Count: > 0 } && ObjectParser.RestOf(schema) is null)
            {
                _context.Bag.ReportName(
                    DiagnosticDescriptors.UncheckedKeyword, additional, additional.Path,
                    "members that 'properties' does not list are ignored; write it beside the 'properties' that it is about");
            }

            // What an alternative inherits from its base with allOf is reported at 'oneOf'.
            bool isInherited = schema["discriminator"] is { } discriminator && discriminator.Parent != schema.Site;
            EffectCheck.Run(
                _context, schema, "an object with 'properties'", "properties", "required", "additionalProperties", "minProperties",
                "maxProperties", "propertyNames", isInherited ? "discriminator" : "");
            return _registry.TakeName(schema.Site) is { } name ? _registry.Enqueue(name, schema) : null;
        }

        if (additional is JsonObject || schema["propertyNames"] is not null || schema["minProperties"] is not null
            || schema["maxProperties"] is not null)
        {
            return ConvertMap(
                schema, additional as JsonObject, schema["propertyNames"] is { } names ? Strings.ParseSchema(names) : StringRule.None);
        }

        _context.Expect<JsonBool>(additional, "a schema, true or false");
        EffectCheck.Run(_context, schema, "a free-form object", "additionalProperties", "x-maxBytes");
        return new RawObjectRef(_context.Count(schema["x-maxBytes"]) ?? -1);
    }

    private MapRef? ConvertMap(Schema schema, JsonNode? values, StringRule? key)
    {
        EffectCheck.Run(_context, schema, "a map", "additionalProperties", "propertyNames", "minProperties", "maxProperties");
        int minimum = _context.Count(schema["minProperties"]) ?? 0;
        int maximum = _context.Count(schema["maxProperties"]) ?? -1;
        RangeCheck.Counts(_context, schema["maxProperties"], ref minimum, ref maximum, "the least count");
        TypeRef value = values is null ? AnyTypeRef.Json : Parse(values);
        return key is null ? null : new MapRef(value, key, minimum, maximum);
    }
}
