using System.Collections.Generic;
using System.Linq;

namespace EdgeJobs.Generators.Model;

/// <summary>A topic filter that a client subscribes to: for replies of an operation, or for its event.</summary>
/// <param name="Name">The name of the method that builds it.</param>
/// <param name="What">What it covers, in words.</param>
/// <param name="Channel">The channel whose address it is made from.</param>
/// <param name="LastLevel">The level that replaces the last level of the address, or null for the address itself.</param>
internal sealed record TopicFilter(string Name, string What, ChannelModel Channel, string? LastLevel)
{
    private const string Any = "Filter";
    private const string Reply = "ReplyFilter";
    private const string Accepted = "AcceptedFilter";
    private const string Rejected = "RejectedFilter";

    /// <summary>The filter with its parameters in braces.</summary>
    public string Address => LastLevel is null
        ? Channel.Address
        : Channel.Address.Substring(0, Channel.Address.LastIndexOf('/') + 1) + LastLevel;

    /// <summary>Every name that a filter of an operation may have.</summary>
    public static string[] NamesOf(string operation) =>
        new[] { operation + Any, operation + Reply, operation + Accepted, operation + Rejected };

    /// <summary>The filters of an operation: of its replies, or of what it receives.</summary>
    public static IReadOnlyList<TopicFilter> Of(SpecModel spec, OperationModel operation)
    {
        if (operation.IsSend)
        {
            return OfReplies(spec, operation);
        }

        ChannelModel channel = spec.Channels[operation.Channel];
        string what = operation.Kind == OperationKind.Answer ? "the requests" : "the event";
        return channel.HasAddress
            ? new[] { new TopicFilter(operation.Name + Any, what, channel, null) }
            : System.Array.Empty<TopicFilter>();
    }

    /// <summary>One filter where the two replies differ in their last level only, otherwise one each.</summary>
    public static IReadOnlyList<TopicFilter> OfReplies(SpecModel spec, OperationModel operation)
    {
        if (operation.Accepted is null || !operation.IsSend || operation.ReplyAddress is not null)
        {
            return System.Array.Empty<TopicFilter>();
        }

        ChannelModel accepted = spec.Channels[operation.Accepted.Channel];
        if (operation.Rejected is null || operation.Rejected.Channel == operation.Accepted.Channel)
        {
            return new[] { new TopicFilter(operation.Name + Reply, "the reply", accepted, null) };
        }

        ChannelModel rejected = spec.Channels[operation.Rejected.Channel];
        return DifferInLastLevel(accepted, rejected)
            ? new[] { new TopicFilter(operation.Name + Reply, "both replies", accepted, "+") }
            : new[]
            {
                new TopicFilter(operation.Name + Accepted, "the reply when it is accepted", accepted, null),
                new TopicFilter(operation.Name + Rejected, "the reply when it is rejected", rejected, null),
            };
    }

    private static bool DifferInLastLevel(ChannelModel a, ChannelModel b) =>
        a.Levels.Count == b.Levels.Count
        && a.Parameters.Equals(b.Parameters)
        && a.Levels[a.Levels.Count - 1].Parameter < 0
        && b.Levels[b.Levels.Count - 1].Parameter < 0
        && a.Levels.Take(a.Levels.Count - 1).SequenceEqual(b.Levels.Take(b.Levels.Count - 1));
}
