using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>The values of <c>format</c> for strings.</summary>
internal static class Formats
{
    /// <summary>Formats that become a C# type of their own.</summary>
    private static readonly string[] Typed = { "date-time", "date", "uuid", "byte" };

    private static readonly Dictionary<string, TextFormat> Checked = new(StringComparer.Ordinal)
    {
        ["email"] = TextFormat.Email,
        ["idn-email"] = TextFormat.Email,
        ["hostname"] = TextFormat.HostName,
        ["ipv4"] = TextFormat.Ipv4,
        ["ipv6"] = TextFormat.Ipv6,
        ["uri"] = TextFormat.Uri,
        ["uri-reference"] = TextFormat.UriReference,
        ["iri"] = TextFormat.Iri,
        ["iri-reference"] = TextFormat.IriReference,
        ["time"] = TextFormat.Time,
        ["duration"] = TextFormat.Duration,
        ["json-pointer"] = TextFormat.JsonPointer,

        // Where a string is one of several alternatives; otherwise they are types.
        ["date"] = TextFormat.Date,
        ["date-time"] = TextFormat.DateTime,
        ["uuid"] = TextFormat.Uuid,
    };

    /// <summary>Formats that JSON Schema and OpenAPI know, and that are not checked.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "binary", "idn-hostname", "password", "regex", "relative-json-pointer", "uri-template",
    };

    /// <summary>Formats of other types, and names that look like a misspelling but are none.</summary>
    private static readonly HashSet<string> Foreign = new(StringComparer.Ordinal)
    {
        "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "int", "uint", "float", "double", "decimal", "guid",
        "url", "mac", "text", "long", "epoch", "timestamp", "epoch-seconds", "ip", "host", "name", "phone", "color", "html", "base64",
    };

    /// <summary>The format of a string that becomes a C# type of its own, or an empty text.</summary>
    public static string OfString(SpecContext context, Schema schema)
    {
        if (context.Expect<JsonString>(schema["contentEncoding"], "a string") is { } encoding)
        {
            if (encoding.Value.Equals("base64", StringComparison.OrdinalIgnoreCase))
            {
                return "byte";
            }

            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, encoding, encoding.Path, "write 'base64', the only encoding that is decoded");
        }

        if (context.Expect<JsonString>(schema["format"], "a string") is not { } format)
        {
            return "";
        }

        if (Array.IndexOf(Typed, format.Value) >= 0)
        {
            return format.Value;
        }

        ReportMisspelt(context, format, "strings", Typed.Concat(Checked.Keys).Concat(Plain));
        return "";
    }

    /// <summary>True for a format that JSON Schema, OpenAPI or AsyncAPI define for strings.</summary>
    public static bool IsKnown(string format) => Array.IndexOf(Typed, format) >= 0 || Checked.ContainsKey(format) || Plain.Contains(format);

    /// <summary>The format of a string that is checked.</summary>
    public static TextFormat Of(Schema schema) =>
        schema["format"] is JsonString { Value: var format } && Checked.TryGetValue(format, out TextFormat known) ? known : TextFormat.None;

    /// <summary>Whether a string is a secret, such as a private key.</summary>
    public static bool IsSecret(Schema schema) => schema["format"] is JsonString { Value: "password" };

    /// <summary>
    /// Reports a format that is probably misspelt. Others are annotations: JSON Schema leaves their meaning to applications.
    /// </summary>
    public static void ReportMisspelt(SpecContext context, JsonString format, string what, IEnumerable<string> known)
    {
        if (!IsKnown(format.Value) && !Foreign.Contains(format.Value) && Spelling.Nearest(format.Value, known) is { } near
            && near != format.Value)
        {
            context.Bag.ReportValue(DiagnosticDescriptors.UnknownFormat, format, format.Value, what, "'" + near + "'");
        }
    }
}
