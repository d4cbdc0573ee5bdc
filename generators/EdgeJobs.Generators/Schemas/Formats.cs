using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>The values of <c>format</c> for strings.</summary>
internal static class Formats
{
    /// <summary>Formats that become a C# type of their own.</summary>
    private static readonly string[] Typed = { "date-time", "uuid", "byte" };

    /// <summary>Formats that JSON Schema and AsyncAPI know, which stay strings.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "binary", "date", "time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri", "iri-reference",
        "json-pointer", "password", "regex", "relative-json-pointer", "uri", "uri-reference", "uri-template",
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

            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidValue, encoding, encoding.Path, "'" + encoding.Value + "'",
                "write 'base64', the only encoding that is supported");
        }

        if (context.Expect<JsonString>(schema["format"], "a string") is not { } format)
        {
            return "";
        }

        if (Array.IndexOf(Typed, format.Value) >= 0)
        {
            return format.Value;
        }

        if (!Plain.Contains(format.Value))
        {
            ReportUnknown(context, format, "strings", Typed.Concat(Plain));
        }

        return "";
    }

    /// <summary>Whether a string is a secret, such as a private key.</summary>
    public static bool IsSecret(Schema schema) => schema["format"] is JsonString { Value: "password" };

    /// <summary>Reports an unknown format.</summary>
    /// <param name="context">The shared state.</param>
    /// <param name="format">The format.</param>
    /// <param name="what">What it is for.</param>
    /// <param name="known">The formats that are known for it.</param>
    /// <param name="instead">What to use, or null for the one with the nearest name.</param>
    public static void ReportUnknown(SpecContext context, JsonString format, string what, IEnumerable<string> known, string? instead = null)
    {
        List<string> names = known.ToList();
        string? near = Spelling.Nearest(format.Value, names);
        string use = instead ?? (near is null ? string.Join(", ", names.Take(3)) + ", or remove it" : "'" + near + "'");
        context.Bag.ReportValue(DiagnosticDescriptors.UnknownFormat, format, format.Value, what, use);
    }
}
