using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Schemas;

namespace EdgeJobs.Generators.Parse;

/// <summary>A message of the document.</summary>
/// <param name="Node">The value after references are followed.</param>
/// <param name="Type">The object type of its payload; empty when it is faulty.</param>
/// <param name="IsCorrelated">It has a correlation id.</param>
internal sealed record Message(JsonObject Node, string Type, bool IsCorrelated);

/// <summary>Reads messages. A message that several channels refer to is read once.</summary>
internal sealed class MessageParser(SpecContext context, SchemaParser schemas)
{
    private const string LocationPrefix = "$message.payload#/";

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "externalDocs",
        "bindings", "examples", "traits",
    };

    private static readonly HashSet<string> KnownTrait = new(Known.Where(k => k is not ("payload" or "traits")), StringComparer.Ordinal);

    private readonly Dictionary<JsonObject, Message?> _messages = new();

    /// <summary>Reads a message or a reference to it; null if the reference is broken.</summary>
    public Message? Parse(JsonNode entry)
    {
        if (context.Object(entry) is not { } node)
        {
            return null;
        }

        if (!_messages.TryGetValue(node, out Message? message))
        {
            message = ParseNode(node);
            _messages.Add(node, message);
        }

        return message;
    }

    /// <summary>Checks that a content type is JSON, the only encoding that the generated codecs know.</summary>
    public void CheckContentType(JsonString? type)
    {
        if (type is null)
        {
            return;
        }

        string essence = type.Value.Split(';')[0].Trim();
        if (!essence.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && !essence.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidValue, type, type.Path, "'" + type.Value + "'", "payloads are JSON; write 'application/json'");
        }
    }

    private Message ParseNode(JsonObject node)
    {
        context.CheckMembers(node, "a message", Known);
        Layers layers = new(context, node, "a message trait", KnownTrait);
        CheckContentType(context.Expect<JsonString>(layers["contentType"], "a string"));
        if (layers["headers"] is { } headers)
        {
            context.Bag.ReportName(DiagnosticDescriptors.NoEffect, headers, headers.Path, "the generated code, which reads only payloads");
        }

        foreach (JsonNode binding in layers.Object("bindings").Object("mqtt").All.SelectMany(b => b.Members).Where(
            m => m.Key != "bindingVersion"))
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.NoEffect, binding, binding.Path,
                "the generated code, which leaves the properties of MQTT 5 packets to the connection");
        }

        string type = "";
        JsonNode? payload = context.Require(node, "payload", "refer to an object in 'components/schemas'");
        if (payload is not null && schemas.Parse(Unwrap(payload)) is { } parsed)
        {
            if (parsed is ObjectRef or UnionRef)
            {
                type = (parsed as ObjectRef)?.Name ?? ((UnionRef)parsed).Name;
            }
            else
            {
                context.Bag.ReportValue(DiagnosticDescriptors.PayloadNotObject, payload, node.Path, SchemaParser.Describe(parsed));
            }
        }

        foreach (JsonNode example in context.Expect<JsonArray>(layers["examples"], "an array")?.Items ?? Array.Empty<JsonNode>())
        {
            if (type.Length > 0 && context.Object(example) is { } values && values["payload"] is { } value)
            {
                schemas.AddExample(type, value.ToJson());
            }
        }

        JsonObject? correlation = context.Object(layers["correlationId"]);
        if (correlation is not null)
        {
            ParseCorrelation(node, correlation, type);
        }

        return new Message(node, type, layers["correlationId"] is not null);
    }

    /// <summary>The schema of a payload that names its schema language.</summary>
    private JsonNode Unwrap(JsonNode payload)
    {
        if (payload is not JsonObject wrapper || wrapper["schemaFormat"] is not { } format || wrapper["schema"] is not { } schema)
        {
            return payload;
        }

        if (context.Expect<JsonString>(format, "a string") is { } text
            && text.Value.IndexOf("asyncapi", StringComparison.OrdinalIgnoreCase) < 0
            && text.Value.IndexOf("schema+json", StringComparison.OrdinalIgnoreCase) < 0)
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidValue, text, text.Path, "'" + text.Value + "'",
                "write the payload as JSON Schema and remove 'schemaFormat'");
        }

        return schema;
    }

    private void ParseCorrelation(JsonObject message, JsonObject correlation, string type)
    {
        if (context.RequiredString(correlation, "location", "write '" + LocationPrefix + "member'") is not { } location)
        {
            return;
        }

        string text = location.Value;
        string member = text.StartsWith(LocationPrefix, StringComparison.Ordinal) ? text.Substring(LocationPrefix.Length) : "";
        if (member.Length == 0 || member.IndexOf('/') >= 0)
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidCorrelation,
                location,
                message.Path,
                text,
                "but only a member of the payload itself is supported: write '" + LocationPrefix + "member'");
            return;
        }

        member = Uri.UnescapeDataString(member).Replace("~1", "/").Replace("~0", "~");
        if (type.Length > 0)
        {
            schemas.Correlate(type, member, location, message);
        }
    }
}
