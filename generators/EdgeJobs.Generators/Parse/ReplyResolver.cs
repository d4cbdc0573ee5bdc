using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Parse;

/// <summary>A reply as the document describes it.</summary>
/// <param name="Operation">Its operation.</param>
/// <param name="Place">The declaration.</param>
/// <param name="ChannelPlace">Its reference to a channel.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Accepted">The message.</param>
/// <param name="ByTopic">The document says that it is matched by its topic.</param>
/// <param name="Address">Where the request names its topic; null if the channel has an address.</param>
internal sealed record DraftReply(
    JsonObject Operation, JsonNode Place, JsonNode ChannelPlace, Channel Channel, Message Accepted, bool ByTopic, LocationModel? Address)
{
    /// <summary>The reference to the channel of the reply to a rejected request.</summary>
    public JsonNode? RejectedPlace { get; init; }

    public Channel? RejectedChannel { get; init; }

    public Message? Rejected { get; init; }

    /// <summary>Both replies come on the same topic.</summary>
    public bool IsShared { get; init; }

    /// <summary>How they are told apart then; null if nothing distinguishes them.</summary>
    public ReplyTest? Test { get; init; }
}

/// <summary>Decides how the reply of an operation is matched with its request, once all types are known.</summary>
/// <param name="context">The document.</param>
/// <param name="topics">The channels.</param>
/// <param name="types">The types.</param>
internal sealed class ReplyResolver(
    SpecContext context, IReadOnlyList<ChannelModel> topics, IReadOnlyDictionary<string, TypeModel> types)
{
    /// <summary>The operation with its reply, or without it if the reply can't be matched or addressed (which is reported).</summary>
    public OperationModel Resolve(OperationModel operation, Message request, DraftReply reply)
    {
        LocationModel? token = Settle(request.Correlation, request);
        LocationModel? address = Settle(reply.Address, request);
        ReplyModel accepted = new(reply.Channel.Index, reply.Accepted.Type, Settle(reply.Accepted.Correlation, reply.Accepted));
        ReplyModel? rejected = reply is { RejectedChannel: { } channel, Rejected: { } message }
            ? new ReplyModel(channel.Index, message.Type, Settle(message.Correlation, message), reply.Test)
            : null;
        if (rejected is not null && reply.IsShared && (reply.Test is null || (operation.IsSend && rejected.Token != accepted.Token)))
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.SameReplies,
                reply.RejectedPlace!,
                reply.Operation.Path,
                reply.Test is null ? "both are the same message" : "they have the correlation id in different places");
            rejected = null;
        }

        if (rejected is not null && topics[rejected.Channel].HasAddress != (address is null))
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.NoEffect,
                reply.RejectedPlace!,
                reply.RejectedPlace!.Path,
                "a reply unless both channels have an address, or neither has");
            rejected = null;
        }

        OperationModel full = operation with { Accepted = accepted, Rejected = rejected, Token = token, ReplyAddress = address };
        if (!operation.IsSend)
        {
            return address is not null || IsTopicKnown(full, reply) ? full with { Kind = OperationKind.Answer } : operation;
        }

        bool isCorrelated = token is not null && accepted.Token is not null && rejected is null or { Token: not null };
        if (address is null && (reply.ByTopic || !isCorrelated))
        {
            return IsTopicKnown(full, reply) ? full with { Kind = OperationKind.TopicRequest, Token = null } : operation;
        }

        if (address is null && IsPlain(operation.Message, token) && IsPlain(accepted.Message, accepted.Token)
            && (rejected is null || IsPlain(rejected.Message, rejected.Token)))
        {
            return full with { Kind = OperationKind.Request };
        }

        return full with { Kind = OperationKind.LocatedRequest, Token = token ?? new LocationModel(LocationKind.CorrelationData) };
    }

    private LocationModel? Settle(LocationModel? location, Message message) => CorrelationParser.Settle(location, message, types);

    /// <summary>True if the payload is an object that has the token in its own string member.</summary>
    private bool IsPlain(string type, LocationModel? token) =>
        token is not null
        && types.TryGetValue(type, out TypeModel? known)
        && known is ObjectModel { CorrelationMember: >= 0 } model
        && model.Members[model.CorrelationMember].JsonName == CorrelationParser.MemberOf(token);

    /// <summary>Whether the request's topic determines those of its replies. What is missing is reported.</summary>
    private bool IsTopicKnown(OperationModel operation, DraftReply reply)
    {
        ChannelModel asked = topics[operation.Channel];
        foreach ((ReplyModel? model, JsonNode? place) in new[]
        {
            (operation.Accepted, reply.ChannelPlace), (operation.Rejected, reply.RejectedPlace),
        })
        {
            if (model is null)
            {
                continue;
            }

            ChannelModel channel = topics[model.Channel];
            if (!asked.HasAddress)
            {
                context.Bag.ReportName(
                    DiagnosticDescriptors.ReplyLeftOut, reply.Place, reply.Operation.Path, "the address of the request is not known");
                return false;
            }

            if (channel.Parameters.FirstOrDefault(p => asked.Parameters.All(a => a.Id != p.Id)) is { } unknown)
            {
                context.Bag.ReportName(
                    DiagnosticDescriptors.ReplyTopicUnknown, place!, reply.Operation.Path, "#/channels/" + channel.Id, unknown.Id);
                return false;
            }
        }

        return true;
    }
}
