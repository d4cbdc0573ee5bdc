using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Schemas;

namespace EdgeJobs.Generators.Parse;

/// <summary>A message of the document.</summary>
/// <param name="Node">The value after references are followed.</param>
/// <param name="Type">The object type of its payload; empty when it is faulty.</param>
/// <param name="IsCorrelated">It has a correlation id.</param>
internal sealed record Message(JsonObject Node, string Type, bool IsCorrelated);

/// <summary>Reads messages. A message that several channels refer to is read once.</summary>
internal sealed class MessageParser(SpecContext context, SchemaParser schemas, TypeRegistry registry)
{
    private const string LocationPrefix = "$message.payload#/";

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "externalDocs",
        "bindings", "examples", "traits",
    };

    private static readonly HashSet<string> KnownTrait = new(Known.Where(k => k is not ("payload" or "traits")), StringComparer.Ordinal);

    private readonly Dictionary<JsonObject, Message?> _messages = new();
    private readonly PayloadParser _payloads = new(context, schemas, registry);

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

    /// <summary>The content type of messages that have none.</summary>
    public JsonNode? DefaultContentType { get; set; }

    private Message ParseNode(JsonObject node)
    {
        context.CheckMembers(node, "a message", Known);
        Layers layers = new(context, node, "a message trait", KnownTrait);
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

        List<string> examples = new();
        foreach (JsonNode example in context.Expect<JsonArray>(layers["examples"], "an array")?.Items ?? Array.Empty<JsonNode>())
        {
            if (context.Object(example) is { } values && values["payload"] is { } value)
            {
                examples.Add(value.ToJson());
            }
        }

        string type = _payloads.Parse(node, ContentType.Of(layers["contentType"] ?? DefaultContentType), examples);
        JsonObject? correlation = context.Object(layers["correlationId"]);
        if (correlation is not null)
        {
            ParseCorrelation(node, correlation, type);
        }

        return new Message(node, type, layers["correlationId"] is not null);
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
