using System;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

internal sealed record OperationsSlice(SpecHead Head, EquatableArray<OperationEntry> Operations) : FileSlice(Head)
{
    public override string FileName => Head.Name + "Operations.g.cs";

    public static OperationsSlice Of(SpecHead head, SpecModel spec) =>
        new(head, new EquatableArray<OperationEntry>(spec.Operations.Select(o => OperationEntry.Of(spec, o)).ToArray()));
}

/// <summary>An operation with the names of its channels.</summary>
/// <param name="Operation">The operation; the indices of its channels are 0.</param>
/// <param name="Channel">The name of its channel.</param>
/// <param name="AcceptedChannel">The name of the reply's channel, or empty.</param>
/// <param name="RejectedChannel">The name of the other reply's channel, or empty.</param>
/// <param name="ReplyFilters">With their parameters in braces.</param>
internal sealed record OperationEntry(
    OperationModel Operation,
    string Channel,
    string AcceptedChannel,
    string RejectedChannel,
    EquatableArray<string> ReplyFilters)
{
    public static OperationEntry Of(SpecModel spec, OperationModel operation) => new(
        operation with { Channel = 0, Accepted = Anywhere(operation.Accepted), Rejected = Anywhere(operation.Rejected) },
        spec.Channels[operation.Channel].Name,
        NameOf(spec, operation.Accepted),
        NameOf(spec, operation.Rejected),
        new EquatableArray<string>(TopicFilter.OfReplies(spec, operation).Select(f => f.Address).ToArray()));

    private static ReplyModel? Anywhere(ReplyModel? reply) => reply is null ? null : reply with { Channel = 0 };

    private static string NameOf(SpecModel spec, ReplyModel? reply) => reply is null ? "" : spec.Channels[reply.Channel].Name;
}

/// <summary>What a client is built on: the names of the operations, and the addresses of the channels.</summary>
internal sealed record ServiceSlice(
    SpecHead Head,
    EquatableArray<string> Requests,
    EquatableArray<string> Answers,
    EquatableArray<string> Events,
    EquatableArray<ChannelEntry> Channels) : FileSlice(Head)
{
    public override string FileName => Head.Name + "Spec.g.cs";

    public static ServiceSlice Of(SpecHead head, SpecModel spec) => new(
        head,
        Names(spec, o => o.Kind is not (OperationKind.Event or OperationKind.Answer)),
        Names(spec, o => o.Kind == OperationKind.Answer),
        Names(spec, o => o.Kind == OperationKind.Event),
        new EquatableArray<ChannelEntry>(spec.Channels.Select(c => new ChannelEntry(c.Name, c.Address, "")).ToArray()));

    private static EquatableArray<string> Names(SpecModel spec, Func<OperationModel, bool> isIncluded) =>
        new(spec.Operations.Where(isIncluded).Select(o => o.Name).ToArray());
}
