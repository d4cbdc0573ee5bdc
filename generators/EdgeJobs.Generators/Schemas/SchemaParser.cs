using System.Collections.Generic;
using System.Globalization;
using System.Linq;
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
    private readonly EnumParser _enums;
    private readonly Dictionary<JsonObject, TypeRef?> _types = new();
    private readonly List<JsonObject> _parsing = new();

    public SchemaParser(SpecContext context, TypeRegistry registry)
    {
        _context = context;
        _registry = registry;
        _merger = new SchemaMerger(context);
        Strings = new StringRuleParser(context, _merger);
        _enums = new EnumParser(context, Strings, registry);
    }

    /// <summary>Reads schemas that must be of strings.</summary>
    public StringRuleParser Strings { get; }

    /// <summary>A schema after its references are merged; null if it is faulty.</summary>
    public Schema? Merge(JsonNode node) => _merger.Merge(node);

    /// <summary>The type of a schema; null when it is faulty (which is reported).</summary>
    public TypeRef? Parse(JsonNode node)
    {
        // If a schema has other annotations than its type, the type wins.
        if (_merger.Merge(node) is not { Site: { } site } || _merger.Merge(site) is not { } schema)
        {
            return null;
        }

        if (_types.TryGetValue(site, out TypeRef? known))
        {
            return known;
        }

        int seen = _parsing.IndexOf(site);
        if (seen >= 0)
        {
            JsonObject first = _parsing.Skip(seen).OrderBy(s => s.Span.Start).First();
            _context.Bag.ReportName(DiagnosticDescriptors.RecursiveType, first, first.Path, first.Path, "an array or map of itself");
            return null;
        }

        if (_parsing.Count >= MaxDepth)
        {
            ReportDepth(_context, site);
            return null;
        }

        _parsing.Add(site);
        TypeRef? type = Convert(schema);
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
        StringRef or EnumRef or DateTimeRef or UuidRef or BytesRef => "a string",
        IntegerRef or NumericEnumRef => "a whole number",
        NumberRef => "a number",
        BooleanRef => "true or false",
        ArrayRef => "an array",
        MapRef => "a map",
        RawObjectRef => "a free-form object",
        UnionRef => "a choice of objects",
        AnyTypeRef a => string.Join(" or ", a.Alternatives.Select(Describe)),
        _ => "an object",
    };

    /// <summary>Reports a schema that is nested too deeply.</summary>
    public static void ReportDepth(SpecContext context, JsonObject site) => context.Bag.ReportName(
        DiagnosticDescriptors.TooDeep, site, site.Path, MaxDepth.ToString(CultureInfo.InvariantCulture));

    private TypeRef? Convert(Schema schema)
    {
        if (schema["type"] is JsonArray { Items.Count: > 1 } types && Schema.TypeOf(types) is null)
        {
            return new TypeListParser(_context, Convert).Parse(schema, types);
        }

        if (schema["oneOf"] is not null)
        {
            if (schema["discriminator"] is not null)
            {
                EffectCheck.Run(_context, schema, "a choice of objects", "oneOf", "discriminator", "properties", "required");
            }

            return new UnionParser(_context, _merger, _registry, Parse).Parse(schema, new AnyOfParser(_context, _merger, Strings));
        }

        if (schema["anyOf"] is { } anyOf)
        {
            return NotNull(anyOf) is { } only ? Parse(only) : new AnyOfParser(_context, _merger, Strings).Parse(schema);
        }

        switch (TypeOf(schema))
        {
            case null:
                return null;
            case "string":
                return ConvertString(schema);
            case "integer" when schema["enum"] is { } listed:
                EffectCheck.Run(_context, schema, "a whole number with an 'enum'", "enum", "format", "x-enum-descriptions", "x-enum-names");
                return _enums.ParseNumeric(schema, listed);
            case "number" or "boolean" when schema["enum"] is { } listed:
                _context.Bag.ReportName(
                    DiagnosticDescriptors.UnsupportedSchema, listed, listed.Path,
                    "only strings and whole numbers can be listed; use 'minimum' and 'maximum', or strings");
                return null;
            case "integer":
                EffectCheck.Run(
                    _context, schema, "a whole number", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const");
                return new NumberParser(_context).ParseInteger(schema);
            case "number":
                EffectCheck.Run(
                    _context, schema, "a number", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const");
                return new NumberParser(_context).ParseNumber(schema);
            case "boolean":
                EffectCheck.Run(_context, schema, "true or false", "const");
                return new BooleanRef(_context.Expect<JsonBool>(schema["const"], "true or false")?.Value);
            case "array":
                return ConvertArray(schema);
            case "object":
                return ConvertObject(schema);
            case { } unknown:
                string near = Spelling.Nearest(unknown, TypeNames) is { } name ? "; did you mean '" + name + "'?" : "";
                JsonNode place = schema["type"]!;
                _context.Bag.ReportValue(DiagnosticDescriptors.UnknownType, place, schema.Site.Path, unknown, near);
                return null;
        }
    }

    /// <summary>The value of <c>type</c>, or the type that other keywords imply; null if it is faulty.</summary>
    private string? TypeOf(Schema schema)
    {
        if (schema["type"] is { } type)
        {
            string? name = Schema.TypeOf(type);
            if (name is null && type is JsonArray)
            {
                _context.Bag.ReportName(
                    DiagnosticDescriptors.UnsupportedSchema, type, type.Path,
                    "write one type, or one type and \"null\" for a member that may be absent");
            }
            else if (name is null)
            {
                _context.Bag.ReportValue(DiagnosticDescriptors.WrongKind, type, type.Path, "a string", type.Kind);
            }

            return name;
        }

        JsonNode? value = schema["const"] ?? (schema["enum"] is JsonArray { Items: { Count: > 0 } listed } ? listed[0] : null);
        string? inferred = value switch
        {
            JsonString => "string",
            JsonNumber => "integer",
            JsonBool => "boolean",
            _ when schema.Properties is not null || schema["additionalProperties"] is not null => "object",
            _ when schema["items"] is not null => "array",
            _ => null,
        };
        if (inferred is null)
        {
            _context.Bag.ReportName(
                DiagnosticDescriptors.MissingMember, schema.Site, schema.Site.Path, "type", "write one of " + string.Join(", ", TypeNames));
        }

        return inferred;
    }

    private TypeRef? ConvertString(Schema schema)
    {
        if (schema["enum"] is not null)
        {
            EffectCheck.Run(_context, schema, "a string with an 'enum'", "enum", "x-enum-descriptions", "x-enum-names");
            return _enums.Parse(schema);
        }

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

    private ArrayRef? ConvertArray(Schema schema)
    {
        EffectCheck.Run(_context, schema, "an array", "items", "minItems", "maxItems");
        int minimum = _context.Count(schema["minItems"]) ?? 0;
        int maximum = _context.Count(schema["maxItems"]) ?? -1;
        RangeCheck.Counts(_context, schema["maxItems"], minimum, maximum, "the least count");
        switch (schema["items"])
        {
            case null:
                _context.Bag.ReportName(
                    DiagnosticDescriptors.MissingMember, schema.Site, schema.Site.Path, "items",
                    "write the schema that holds for every element");
                return null;
            case JsonArray tuple:
                _context.Bag.ReportName(
                    DiagnosticDescriptors.UnsupportedSchema, tuple, tuple.Path,
                    "write one schema that holds for every element, or make it an object");
                return null;
            case { } items:
                return Parse(items) is { } element ? new ArrayRef(element, minimum, maximum) : null;
        }
    }

    private TypeRef? ConvertObject(Schema schema)
    {
        JsonNode? additional = schema["additionalProperties"];
        if (schema.Properties is not null || additional is JsonBool { Value: false })
        {
            if (additional is JsonObject)
            {
                _context.Bag.ReportName(
                    DiagnosticDescriptors.UnsupportedSchema,
                    additional,
                    additional.Path,
                    "an object can't have both known members and a map; put the map into a separate member");
                return null;
            }

            // What an alternative inherits from its base with allOf is reported at 'oneOf'.
            bool isInherited = schema["discriminator"] is { } discriminator && discriminator.Parent != schema.Site;
            EffectCheck.Run(
                _context, schema, "an object with 'properties'", "properties", "required", "additionalProperties",
                isInherited ? "discriminator" : "");
            return _registry.TakeName(schema.Site) is { } name ? _registry.Enqueue(name, schema) : null;
        }

        if (additional is JsonObject)
        {
            EffectCheck.Run(_context, schema, "a map", "additionalProperties", "propertyNames", "minProperties", "maxProperties");
            int minimum = _context.Count(schema["minProperties"]) ?? 0;
            int maximum = _context.Count(schema["maxProperties"]) ?? -1;
            RangeCheck.Counts(_context, schema["maxProperties"], minimum, maximum, "the least count");
            StringRule? key = schema["propertyNames"] is { } names ? Strings.ParseSchema(names) : StringRule.None;
            return Parse(additional) is { } value && key is not null ? new MapRef(value, key, minimum, maximum) : null;
        }

        _context.Expect<JsonBool>(additional, "a schema, true or false");
        EffectCheck.Run(_context, schema, "a free-form object", "additionalProperties", "x-maxBytes");
        return new RawObjectRef(_context.Count(schema["x-maxBytes"]) ?? -1);
    }

    /// <summary>If there are two alternatives and one is null, the other one; otherwise null.</summary>
    private static JsonNode? NotNull(JsonNode anyOf)
    {
        if (anyOf is not JsonArray { Items: { Count: 2 } items })
        {
            return null;
        }

        bool first = IsNull(items[0]);
        return first != IsNull(items[1]) ? items[first ? 1 : 0] : null;

        static bool IsNull(JsonNode node) => node is JsonObject o && o["type"] is JsonString { Value: "null" };
    }
}
