using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Parse;

/// <summary>
/// Reads <c>servers</c>: the <c>pathname</c> of an MQTT server is the first part of every topic on it. One that begins with <c>/</c>
/// is a path of the host, as MQTT over WebSocket has, and no part of topics.
/// </summary>
internal sealed class ServerParser(SpecContext context)
{
    private readonly Dictionary<JsonObject, TopicPrefix?> _prefixes = new();

    /// <summary>Reads what precedes the address of a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="prefix">The path of its first MQTT server; null for nothing.</param>
    /// <returns>False if the path can't be the start of a topic, which is reported.</returns>
    public bool TryGetPrefix(JsonObject channel, out TopicPrefix? prefix)
    {
        JsonArray? chosen = context.Expect<JsonArray>(channel["servers"], "an array");
        IReadOnlyList<JsonNode> candidates = chosen is { Items.Count: > 0 }
            ? chosen.Items
            : context.Object(context.Root["servers"])?.Members ?? Array.Empty<JsonNode>();
        prefix = null;
        JsonObject? first = null;
        foreach (JsonNode candidate in candidates)
        {
            if (context.Object(candidate) is not { } server || !IsMqtt(server))
            {
                continue;
            }

            if (first is null)
            {
                first = server;
            }
            else if (PathOf(server) != PathOf(first))
            {
                context.Bag.ReportName(
                    DiagnosticDescriptors.OtherPathname,
                    server["pathname"] ?? server,
                    server.Path,
                    PathOf(server),
                    PathOf(first));
            }
        }

        if (first is null || PathOf(first).Length == 0)
        {
            return true;
        }

        if (!_prefixes.TryGetValue(first, out prefix))
        {
            _prefixes.Add(first, prefix = Parse(first, (JsonString)first["pathname"]!));
        }

        return prefix is not null;
    }

    /// <summary>The first part of topics on a server as written, without a slash at its end; empty for nothing.</summary>
    private string PathOf(JsonObject server) =>
        context.String(server, "pathname") is { Value: { Length: > 0 } path } && path[0] != '/' ? path.TrimEnd('/') : "";

    private bool IsMqtt(JsonObject server) =>
        context.String(server, "protocol")?.Value is { } protocol
        && (protocol.StartsWith("mqtt", StringComparison.OrdinalIgnoreCase)
            || protocol.Equals("secure-mqtt", StringComparison.OrdinalIgnoreCase));

    private TopicPrefix? Parse(JsonObject server, JsonString pathname)
    {
        AddressParser parser = new(context, pathname);
        return parser.Parse() ? new TopicPrefix(parser, context.Object(server["variables"])) : null;
    }
}

/// <summary>The path of a server as the first part of topics.</summary>
/// <param name="Parser">Its levels and parameters.</param>
/// <param name="Variables">The declarations of the parameters, or null.</param>
internal sealed record TopicPrefix(AddressParser Parser, JsonObject? Variables)
{
    /// <summary>How many levels it has without an empty one at its end.</summary>
    public int Levels => Parser.Levels.Reverse().SkipWhile(l => l.IsEmpty).Count();
}
