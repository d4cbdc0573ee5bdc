using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Parse;

/// <summary>Reads <c>operations</c>.</summary>
/// <param name="context">The document.</param>
/// <param name="channels">Its channels.</param>
/// <param name="topics">What the emitter needs of each of them.</param>
/// <param name="messages">Reads messages.</param>
/// <param name="role">The side of the document that the code is for.</param>
internal sealed class OperationParser(
    SpecContext context,
    IReadOnlyList<Channel> channels,
    IReadOnlyList<ChannelModel> topics,
    MessageParser messages,
    SpecRole role = SpecRole.Application)
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "action", "channel", "title", "summary", "description", "security", "tags", "externalDocs", "bindings", "traits", "messages",
        "reply",
    };

    private static readonly HashSet<string> KnownTrait = new(StringComparer.Ordinal)
    {
        "title", "summary", "description", "security", "tags", "externalDocs", "bindings",
    };

    private static readonly HashSet<string> KnownReply = new(StringComparer.Ordinal)
    {
        "address", "channel", "messages", "x-rejected", "x-correlation",
    };

    private static readonly HashSet<string> KnownRefusal = new(StringComparer.Ordinal) { "address", "channel", "messages" };

    private static readonly HashSet<string> KnownBinding = new(StringComparer.Ordinal)
    {
        "qos", "retain", "messageExpiryInterval", "bindingVersion",
    };

    private readonly NameScope _names = new(context, "x-name");
    private readonly CorrelationParser _locations = new(context);
    private readonly List<Draft> _drafts = new();

    /// <summary>
    /// Reads the operations, in the order of the document. Those that are faulty are left out. What those with a reply become is known
    /// after <see cref="Resolve"/>.
    /// </summary>
    public List<OperationModel> Parse(JsonObject operations)
    {
        context.Objects(operations, Parse);
        return _drafts.ConvertAll(d => d.Model);
    }

    /// <summary>The operations, once all types are known.</summary>
    public List<OperationModel> Resolve(IReadOnlyDictionary<string, TypeModel> types)
    {
        ReplyResolver resolver = new(context, topics, types);
        return _drafts.ConvertAll(draft => draft.Reply is { } reply ? resolver.Resolve(draft.Model, draft.Request, reply) : draft.Model);
    }

    private OperationModel? Parse(JsonNode entry, JsonObject operation)
    {
        context.CheckMembers(operation, "an operation", Known);
        string name = _names.Take(context.NameOf(entry), entry, n => ReservedNames.IsOperation(n, context.Name));

        Layers layers = new(context, operation, "an operation trait", KnownTrait);
        bool isSend = IsSend(operation) != (role == SpecRole.Peer);
        (int qos, bool retain, long expiry) = Bindings(layers.Object("bindings").Object("mqtt"));
        (Channel Channel, Message? Message)? carried = Carried(operation, operation);
        DraftReply? reply = Reply(operation);
        if (carried is not { Message: { } message } c)
        {
            return null;
        }

        OperationModel model = new(
            entry.Key,
            name,
            context.Documentation(m => layers[m]),
            isSend,
            c.Channel.Index,
            message.Type,
            null,
            null,
            qos,
            retain,
            expiry);
        _drafts.Add(new Draft(model, message, reply));
        return model;
    }

    private DraftReply? Reply(JsonObject operation)
    {
        if (context.Object(operation["reply"]) is not { } reply)
        {
            return null;
        }

        JsonNode place = operation["reply"]!;
        context.CheckMembers(reply, "a reply", KnownReply);
        bool byTopic = IsMatchedByTopic(reply);
        if (reply["channel"] is null)
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.ReplyLeftOut,
                place,
                operation.Path,
                "it has no 'channel': add one that has the messages of the reply");
            return null;
        }

        if (Carried(reply, operation) is not { Message: { } accepted } yes)
        {
            return null;
        }

        bool hasAddress = topics[yes.Channel.Index].HasAddress;
        LocationModel? address = hasAddress ? null : new LocationModel(LocationKind.ResponseTopic);
        if (context.Object(reply["address"]) is { } dynamic)
        {
            if (hasAddress)
            {
                JsonNode useless = reply["address"]!;
                context.Bag.ReportName(
                    DiagnosticDescriptors.NoEffect, useless, useless.Path, "a reply, which comes on the topic of its 'channel'");
            }
            else if (_locations.Parse(dynamic, operation.Path) is { } location)
            {
                // A header that names the topic of a reply is MQTT 5's Response Topic.
                address = location.IsMember ? location : location with { Kind = LocationKind.ResponseTopic };
            }
        }

        DraftReply draft = new(operation, place, reply["channel"]!, yes.Channel, accepted, byTopic, address);
        if (context.Object(reply["x-rejected"]) is { } refusal)
        {
            context.CheckMembers(refusal, "a reply", KnownRefusal);
            if (Carried(refusal, operation) is { Message: { } rejected } no)
            {
                draft = draft with { RejectedPlace = refusal["channel"], RejectedChannel = no.Channel, Rejected = rejected };
                if (no.Channel.Index == yes.Channel.Index || (!hasAddress && !topics[no.Channel.Index].HasAddress))
                {
                    draft = draft with { IsShared = true, Test = messages.Distinguish(accepted, rejected, operation) };
                }
            }
        }

        return draft;
    }

    /// <summary>
    /// Whether the document says that a reply is matched by its topic alone, because the service does not echo the token.
    /// </summary>
    private bool IsMatchedByTopic(JsonObject reply)
    {
        if (context.Expect<JsonString>(reply["x-correlation"], "a string") is not { } correlation)
        {
            return false;
        }

        if (correlation.Value != "topic")
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidValue,
                correlation,
                correlation.Path,
                "'" + correlation.Value + "'",
                "write 'topic' if replies are matched by their topic alone, or remove it and give the messages a 'correlationId'");
        }

        return true;
    }

    private bool IsSend(JsonObject operation)
    {
        const string fix = "write 'send' when this side publishes, 'receive' when it subscribes";
        JsonString? action = context.RequiredString(operation, "action", fix);
        if (action is not null && action.Value is not ("send" or "receive"))
        {
            context.Bag.ReportValue(DiagnosticDescriptors.InvalidValue, action, action.Path, "'" + action.Value + "'", fix);
        }

        return action?.Value == "send";
    }

    /// <summary>The channel of an operation or a reply and the one message that it carries.</summary>
    private (Channel Channel, Message? Message)? Carried(JsonObject owner, JsonObject operation)
    {
        const string fix = "refer to one as '#/channels/name'";
        if (context.Require(owner, "channel", fix) is not { } reference || context.Object(reference) is not { } node)
        {
            return null;
        }

        Channel? channel = channels.FirstOrDefault(c => c.Node == node);
        if (channel is null)
        {
            JsonNode shown = (reference as JsonObject)?["$ref"] ?? reference;
            context.Bag.ReportValue(
                DiagnosticDescriptors.WrongTarget, shown, owner.Path, (shown as JsonString)?.Value ?? reference.Path,
                "a channel of 'channels'", fix);
            return null;
        }

        return (channel, OnlyMessage(owner, operation, channel));
    }

    private Message? OnlyMessage(JsonObject owner, JsonObject operation, Channel channel)
    {
        List<Message> carried = channel.Messages.ToList();
        JsonArray? chosen = context.Expect<JsonArray>(owner["messages"], "an array");
        if (chosen is not null)
        {
            carried.Clear();
            foreach (JsonNode reference in chosen.Items)
            {
                if (messages.Parse(reference) is not { } message)
                {
                    return null;
                }

                if (!channel.Messages.Contains(message))
                {
                    JsonNode shown = (reference as JsonObject)?["$ref"] ?? reference;
                    context.Bag.ReportValue(
                        DiagnosticDescriptors.WrongTarget,
                        shown,
                        owner.Path,
                        (shown as JsonString)?.Value ?? reference.Path,
                        "a message of the channel '" + channel.Entry.Key + "'",
                        "refer to one as '" + channel.Entry.Path + "/messages/name'");
                    return null;
                }

                carried.Add(message);
            }
        }

        // All messages of a channel are one type, whatever carries them.
        bool isWhole = chosen is null || carried.Count == channel.Messages.Count;
        JsonNode place = isWhole ? channel.Entry : owner.Key == "reply" ? operation : owner;
        string name = isWhole
            ? topics[channel.Index].Name
            : context.NameOf(operation) + (owner == operation ? "" : CodeName.Pascal(owner.Key));
        return messages.Combine(carried, place, name);
    }

    private (int Qos, bool Retain, long Expiry) Bindings(Layers mqtt)
    {
        foreach (JsonObject layer in mqtt.All)
        {
            context.CheckMembers(layer, "an MQTT binding of an operation", KnownBinding);
        }

        JsonNode? qos = mqtt["qos"];
        int level = (int)(context.Whole(qos, 0, 2) ?? 1);
        if (level == 2)
        {
            context.Bag.ReportValue(DiagnosticDescriptors.QualityOfServiceTwo, qos!, qos!.Path);
            level = 1;
        }

        return (level, context.Flag(mqtt["retain"]), (long)(context.Whole(mqtt["messageExpiryInterval"], 1, uint.MaxValue) ?? -1));
    }

    private sealed record Draft(OperationModel Model, Message Request, DraftReply? Reply);
}
