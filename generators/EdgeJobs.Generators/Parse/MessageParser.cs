using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Schemas;

namespace EdgeJobs.Generators.Parse;

/// <summary>A message of the document.</summary>
/// <param name="Node">The value after references are followed.</param>
/// <param name="Type">The object type of its payload; empty when it is faulty.</param>
/// <param name="Correlation">Where it carries the token of a request, or null.</param>
/// <param name="HasHeaders">It declares its headers.</param>
/// <param name="HasCorrelationData">Its MQTT binding describes Correlation Data.</param>
internal sealed record Message(
    JsonObject Node, string Type, LocationModel? Correlation, bool HasHeaders = false, bool HasCorrelationData = false)
{
    /// <summary>Its content type in lower case; empty if the document has none.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The messages of which it is any; none if it is one message.</summary>
    public IReadOnlyList<Message> Parts { get; init; } = Array.Empty<Message>();

    /// <summary>The headers that can have one string only, with that string.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The only string that a header can have; empty if it can have others.</summary>
    public string HeaderOf(string name) => Headers.TryGetValue(name, out string? value) ? value : "";
}

/// <summary>Reads messages. A message that several channels refer to is read once.</summary>
internal sealed class MessageParser(SpecContext context, SchemaParser schemas, TypeRegistry registry)
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "externalDocs",
        "bindings", "examples", "traits",
    };

    private static readonly HashSet<string> KnownTrait = new(Known.Where(k => k is not ("payload" or "traits")), StringComparer.Ordinal);

    private readonly Dictionary<JsonObject, Message?> _messages = new();
    private readonly PayloadParser _payloads = new(context, schemas, registry);
    private readonly MessageSetParser _sets = new(registry);

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

    /// <summary>What several messages of a channel or an operation have in common: null if there is none, or they are faulty.</summary>
    /// <param name="all">The messages.</param>
    /// <param name="owner">The channel or operation.</param>
    /// <param name="name">Its C# name.</param>
    public Message? Combine(IReadOnlyList<Message> all, JsonNode owner, string name)
    {
        Message[] whole = all.Where(m => m.Type.Length > 0).ToArray();
        if (all.Count == 1 || (whole.Length == 0 && all.Count > 0))
        {
            return all[0];
        }

        string? type = all.Count == 0 ? _sets.Undescribed(owner, name) : _sets.Combine(whole, owner, name);
        JsonObject? node = all.Count == 0 ? context.Object(owner) : all[0].Node;
        return type is null || node is null
            ? null
            : new Message(
                node,
                type,
                whole.All(m => m.Correlation is not null) ? whole.FirstOrDefault()?.Correlation : null,
                whole.Any(m => m.HasHeaders),
                whole.Any(m => m.HasCorrelationData))
            {
                Parts = whole,
            };
    }

    /// <summary>
    /// How a reply to rejected requests is distinguished from that to accepted ones on the same topic; null if a type stands for messages
    /// of both.
    /// </summary>
    /// <param name="accepted">The reply to accepted requests.</param>
    /// <param name="rejected">The other one.</param>
    /// <param name="operation">Their operation.</param>
    public ReplyTest? Distinguish(Message accepted, Message rejected, JsonObject operation)
    {
        Message[] one = accepted.Parts.DefaultIfEmpty(accepted).ToArray();
        Message[] other = rejected.Parts.DefaultIfEmpty(rejected).ToArray();
        return one.All(m => other.All(o => o.Type != m.Type))
            && _sets.Combine(one.Concat(other).ToList(), operation, context.NameOf(operation) + "Reply") is { } type
            ? new ReplyTest(type, new EquatableArray<string>(other.Select(o => o.Type).Distinct().ToArray()))
            : null;
    }

    /// <summary>The content type of messages that have none.</summary>
    public JsonNode? DefaultContentType { get; set; }

    private Message ParseNode(JsonObject node)
    {
        context.CheckMembers(node, "a message", Known);
        Layers layers = new(context, node, "a message trait", KnownTrait);
        List<string> examples = new();
        foreach (JsonNode example in context.Expect<JsonArray>(layers["examples"], "an array")?.Items ?? Array.Empty<JsonNode>())
        {
            if (context.Object(example) is { } values && values["payload"] is { } value)
            {
                examples.Add(value.ToJson());
            }
        }

        ContentType contentType = ContentType.Of(layers["contentType"] ?? DefaultContentType);
        string type = _payloads.Parse(node, contentType, examples);
        registry.AddDescription(type, context.Documentation(m => layers[m]));
        JsonObject? declared = context.Object(layers["correlationId"]);
        LocationModel? correlation = declared is null ? null : new CorrelationParser(context).Parse(declared, node.Path);
        if (type.Length > 0 && correlation is not null && CorrelationParser.MemberOf(correlation) is { } member)
        {
            schemas.Correlate(type, member, (JsonString)declared!["location"]!, node);
        }

        bool hasCorrelationData = layers.Object("bindings").Object("mqtt")["correlationData"] is not null;
        return new Message(
            node,
            type,
            correlation ?? (hasCorrelationData ? new LocationModel(LocationKind.CorrelationData) : null),
            layers["headers"] is not null,
            hasCorrelationData)
        {
            ContentType = contentType.Text.ToLowerInvariant(),
            Headers = Headers(layers.Object("headers")),
        };
    }

    /// <summary>The headers that can have one string only.</summary>
    private Dictionary<string, string> Headers(Layers headers)
    {
        Dictionary<string, string> constants = new(StringComparer.Ordinal);
        foreach (JsonNode header in headers.Object("properties").All.SelectMany(p => p.Members))
        {
            JsonObject? schema = context.Object(header);
            JsonNode? only = schema?["const"] ?? (schema?["enum"] is JsonArray { Items: { Count: 1 } listed } ? listed[0] : null);
            if (only is JsonString text && !constants.ContainsKey(header.Key))
            {
                constants.Add(header.Key, text.Value);
            }
        }

        return constants;
    }
}
