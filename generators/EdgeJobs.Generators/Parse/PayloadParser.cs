using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Schemas;

namespace EdgeJobs.Generators.Parse;

/// <summary>Gives each message a C# type: the object that is its payload, or a record around another value.</summary>
internal sealed class PayloadParser(SpecContext context, SchemaParser schemas, TypeRegistry registry)
{
    private static readonly string[] SchemaFormats = { "asyncapi", "schema+json", "schema+yaml", "openapi", "application/json" };

    private readonly Dictionary<JsonObject, ValueModel> _shared = new();

    /// <summary>The name of the C# type of a message; empty when it is faulty (which is reported).</summary>
    /// <param name="message">The message.</param>
    /// <param name="type">Its content type.</param>
    /// <param name="examples">Payloads as JSON text.</param>
    public string Parse(JsonObject message, ContentType type, IReadOnlyList<string> examples)
    {
        if (message["payload"] is not { } payload)
        {
            return Add(message, message, new ValueModel("", "", PayloadFormat.Empty, "", null, false, Array(examples)));
        }

        (JsonNode node, JsonNode? foreign) = Unwrap(payload);
        bool isJson = type.Format == PayloadFormat.Json && (foreign is null || type.Text.Length > 0);
        if (foreign is not null)
        {
            string language = foreign is JsonString { Value: var text } ? text : foreign.ToJson();
            ReportUntyped(message, foreign, "described by a schema of '" + language + "'", "describe it with JSON Schema");
            PayloadFormat format = isJson ? PayloadFormat.Json : type.Text.Length > 0 ? type.Format : PayloadFormat.Bytes;
            return Add(message, message, Model(Untyped(format), isNullable: false, format, type, null, examples));
        }

        if (schemas.Merge(node) is not { } schema)
        {
            return "";
        }

        if (!isJson && !IsScalar(schema))
        {
            const string fix = "write 'application/json', or another content type of JSON, if it is JSON";
            string what = schema["oneOf"] is null ? "an object or a list" : "one of several schemas";
            ReportUntyped(message, type.Place ?? payload, what + " of the content type '" + type.Text + "'", fix);
            return Add(message, message, Model(Untyped(type.Format), isNullable: false, type.Format, type, schema, examples));
        }

        if (type.Format == PayloadFormat.Bytes)
        {
            return Add(schema.Site, message, Model(new BytesRef(-1), isNullable: false, type.Format, type, schema, examples));
        }

        TypeRef parsed = schemas.Parse(node);
        bool isNullable = parsed is NullableRef && type.Format == PayloadFormat.Json;
        parsed = (parsed as NullableRef)?.Value ?? parsed;
        if (!isNullable && parsed is ObjectRef or UnionRef)
        {
            string name = NameOf(parsed)!;
            foreach (string example in examples)
            {
                schemas.AddExample(name, example);
            }

            return name;
        }

        if (type.Format == PayloadFormat.Text && parsed is AnyTypeRef { Alternatives.Count: > 0 })
        {
            ReportUntyped(
                message,
                type.Place ?? payload,
                "of several types, which a text does not tell apart",
                "write one type, or 'application/json'");
        }

        TypeRef value = type.Format == PayloadFormat.Text && parsed is RawObjectRef or AnyTypeRef ? new StringRef(StringRule.None) : parsed;
        string? taken = NameOf(parsed);
        ValueModel model = Model(value, isNullable, type.Format, type, schema, examples);
        return Add(taken is null ? schema.Site : message, message, model, taken);
    }

    /// <summary>Takes a name for a record around a value, and adds it to the types.</summary>
    /// <param name="site">The schema or message that gives the name.</param>
    /// <param name="message">The message.</param>
    /// <param name="model">The record, still without a name.</param>
    /// <param name="other">The name of the type of the value, which the record can't have.</param>
    private string Add(JsonObject site, JsonObject message, ValueModel model, string? other = null)
    {
        if (_shared.TryGetValue(site, out ValueModel? known))
        {
            if (known with { Name = "", Examples = default, Value = model.Value } == model with { Examples = default })
            {
                return known.Name;
            }

            // Another content type of the same schema.
            site = message;
        }

        if (registry.TakeMessageName(site, other) is not { } name)
        {
            return "";
        }

        // A member can't have the name of its type.
        bool isHidden = name == "Value" && model.Value is not null;
        ValueModel named = model with { Name = name, Value = isHidden ? model.Value! with { Name = "Content" } : model.Value };
        _shared[site] = named;
        registry.Add(named);
        return name;
    }

    private ValueModel Model(
        TypeRef value, bool isNullable, PayloadFormat format, ContentType type, Schema? schema, IReadOnlyList<string> examples) => new(
        "",
        schema is null ? "" : context.Documentation(m => schema[m]),
        format,
        type.Text == "application/json" ? "" : type.Text,
        new MemberModel("", "Value", "", value, !isNullable, "", false),
        schema is not null && context.Flag(schema["deprecated"]),
        schema is null ? Array(examples) : new EquatableArray<string>(
            TypeRegistry.Examples(context, schema).Concat(examples).Distinct().ToArray()));

    /// <summary>The schema of a payload, and the place where it names a schema language that is not JSON Schema.</summary>
    private static (JsonNode Schema, JsonNode? Foreign) Unwrap(JsonNode payload)
    {
        if (payload is not JsonObject wrapper || wrapper["schemaFormat"] is not { } format || wrapper["schema"] is not { } schema)
        {
            return (payload, null);
        }

        bool isKnown = format is JsonString { Value: var text }
            && SchemaFormats.Any(f => text.IndexOf(f, StringComparison.OrdinalIgnoreCase) >= 0);
        return (schema, isKnown ? null : format);
    }

    /// <summary>The type of a payload whose schema says nothing about its bytes.</summary>
    private static TypeRef Untyped(PayloadFormat format) => format switch
    {
        PayloadFormat.Json => new AnyTypeRef(EquatableArray<TypeRef>.Empty),
        PayloadFormat.Text => new StringRef(StringRule.None),
        _ => new BytesRef(-1),
    };

    private static string? NameOf(TypeRef type) => type switch
    {
        ObjectRef o => o.Name,
        UnionRef u => u.Name,
        EnumRef e => e.Name,
        NumericEnumRef e => e.Name,
        _ => null,
    };

    /// <summary>True for a schema whose values a text can be, and for one that says nothing.</summary>
    private static bool IsScalar(Schema schema) =>
        Schema.TypeOf(schema["type"]) is not ("object" or "array")
        && schema.Properties is null
        && schema["items"] is null
        && schema["additionalProperties"] is null
        && schema["oneOf"] is null;

    private void ReportUntyped(JsonObject message, JsonNode place, string what, string fix) => context.Bag.ReportValue(
        DiagnosticDescriptors.UntypedPayload, place, message.Path, what, fix);

    private static EquatableArray<string> Array(IReadOnlyList<string> examples) => new(examples.ToArray());
}
