using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
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

    /// <summary>What distinguishes them then; null if nothing does.</summary>
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
        if (topics[operation.Channel].HasAddress
            && (reply.Channel.Index == operation.Channel || reply.RejectedChannel?.Index == operation.Channel))
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.ReplyLeftOut,
                reply.Channel.Index == operation.Channel ? reply.ChannelPlace : reply.RejectedPlace!,
                reply.Operation.Path,
                "it has the topic of the request, so that each side would read its own messages; give it another 'channel', or one with "
                    + "\"address\": null, whose topic the request names");
            return operation;
        }

        LocationModel? token = Settle(request.Correlation, request);
        LocationModel? address = Settle(reply.Address, request);
        ReplyModel accepted = new(reply.Channel.Index, reply.Accepted.Type, Settle(reply.Accepted.Correlation, reply.Accepted));
        ReplyModel? rejected = reply is { RejectedChannel: { } channel, Rejected: { } message }
            ? new ReplyModel(channel.Index, message.Type, Settle(message.Correlation, message), WithRecords(reply.Test))
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

    private ReplyTest? WithRecords(ReplyTest? test) =>
        test is not null && types.TryGetValue(test.Type, out TypeModel? type) && type is MessageSetModel set
            ? test with
            {
                Records = new EquatableArray<string>(
                    set.Messages.Where(m => test.Messages.Contains(m.Type)).Select(m => m.Record).ToArray()),
            }
            : test;

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
                    DiagnosticDescriptors.ReplyLeftOut, reply.Place, reply.Operation.Path,
                    "the address of the request is not known; give its channel an 'address', or let the request name the topic "
                        + "(\"address\": null in '#/channels/" + channel.Id + "', and an 'address' in 'reply')");
                return false;
            }

            if (channel.Parameters.FirstOrDefault(p => asked.Parameters.All(a => a.Name != p.Name)) is { } unknown)
            {
                // With its token a requester finds the reply on any topic; who answers must know the topic.
                bool mayCorrelate = operation.IsSend && !reply.ByTopic;
                context.Bag.ReportName(
                    DiagnosticDescriptors.ReplyTopicUnknown, place!, reply.Operation.Path, "#/channels/" + channel.Id, unknown.Name,
                    mayCorrelate ? "" : "or ", mayCorrelate ? ", or give all messages a 'correlationId'" : "");
                return false;
            }
        }

        return true;
    }
}
