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

    /// <summary>What precedes the address of a channel; null for nothing.</summary>
    public TopicPrefix? PrefixOf(JsonObject channel)
    {
        JsonArray? chosen = context.Expect<JsonArray>(channel["servers"], "an array");
        IReadOnlyList<JsonNode> candidates = chosen is { Items.Count: > 0 }
            ? chosen.Items
            : context.Object(context.Root["servers"])?.Members ?? Array.Empty<JsonNode>();
        TopicPrefix? prefix = null;
        bool isFirst = true;
        foreach (JsonNode candidate in candidates)
        {
            if (context.Object(candidate) is not { } server || !IsMqtt(server))
            {
                continue;
            }

            if (!_prefixes.TryGetValue(server, out TopicPrefix? own))
            {
                _prefixes.Add(server, own = Parse(server));
            }

            if (isFirst)
            {
                (prefix, isFirst) = (own, false);
            }
            else if (own?.Text != prefix?.Text)
            {
                context.Bag.ReportName(
                    DiagnosticDescriptors.OtherPathname,
                    server["pathname"] ?? server,
                    server.Path,
                    own?.Text ?? "",
                    prefix?.Text ?? "");
            }
        }

        return prefix;
    }

    private bool IsMqtt(JsonObject server) =>
        context.String(server, "protocol")?.Value is { } protocol
        && (protocol.StartsWith("mqtt", StringComparison.OrdinalIgnoreCase)
            || protocol.Equals("secure-mqtt", StringComparison.OrdinalIgnoreCase));

    private TopicPrefix? Parse(JsonObject server)
    {
        if (context.String(server, "pathname") is not { } pathname || pathname.Value.Length == 0 || pathname.Value[0] == '/')
        {
            return null;
        }

        AddressParser parser = new(context, pathname);
        return parser.Parse() ? new TopicPrefix(pathname, parser, context.Object(server["variables"])) : null;
    }
}

/// <summary>The path of a server as the first part of topics.</summary>
/// <param name="Pathname">As written.</param>
/// <param name="Parser">Its levels and parameters.</param>
/// <param name="Variables">The declarations of the parameters, or null.</param>
internal sealed record TopicPrefix(JsonString Pathname, AddressParser Parser, JsonObject? Variables)
{
    /// <summary>The path without a slash at its end.</summary>
    public string Text => Parser.Text.TrimEnd('/');

    /// <summary>How many levels it has without an empty one at its end.</summary>
    public int Levels => Parser.Levels.Reverse().SkipWhile(l => l.IsEmpty).Count();
}
