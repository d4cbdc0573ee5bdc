using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>A topic filter by which a client receives replies of an operation.</summary>
/// <param name="Name">The name of the method that builds it.</param>
/// <param name="What">Which replies it covers, in words.</param>
/// <param name="Channel">The channel whose address it is made from.</param>
/// <param name="LastLevel">What stands in place of the address's last level, or null for the address itself.</param>
internal sealed record ReplyFilter(string Name, string What, ChannelModel Channel, string? LastLevel)
{
    /// <summary>The filter with its parameters in braces.</summary>
    public string Address => LastLevel is null
        ? Channel.Address
        : Channel.Address.Substring(0, Channel.Address.LastIndexOf('/') + 1) + LastLevel;

    /// <summary>One filter where the two replies differ in their last level only, otherwise one each.</summary>
    public static IReadOnlyList<ReplyFilter> Of(SpecModel spec, OperationModel operation)
    {
        if (operation.Accepted is null)
        {
            return System.Array.Empty<ReplyFilter>();
        }

        ChannelModel accepted = spec.Channels[operation.Accepted.Channel];
        if (operation.Rejected is null)
        {
            return new[] { new ReplyFilter(operation.Name + "ReplyFilter", "the reply", accepted, null) };
        }

        ChannelModel rejected = spec.Channels[operation.Rejected.Channel];
        return DifferInLastLevel(accepted, rejected)
            ? new[] { new ReplyFilter(operation.Name + "ReplyFilter", "both replies", accepted, "+") }
            : new[]
            {
                new ReplyFilter(operation.Name + "AcceptedFilter", "the reply when it is accepted", accepted, null),
                new ReplyFilter(operation.Name + "RejectedFilter", "the reply when it is rejected", rejected, null),
            };
    }

    private static bool DifferInLastLevel(ChannelModel a, ChannelModel b) =>
        a.Levels.Count == b.Levels.Count
        && a.Parameters.Equals(b.Parameters)
        && a.Levels[a.Levels.Count - 1].Parameter < 0
        && b.Levels[b.Levels.Count - 1].Parameter < 0
        && a.Levels.Take(a.Levels.Count - 1).SequenceEqual(b.Levels.Take(b.Levels.Count - 1));
}
