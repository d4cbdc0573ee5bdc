using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

/// <summary>The channel enum: names, addresses and descriptions.</summary>
internal sealed record ChannelsSlice(SpecHead Head, EquatableArray<ChannelEntry> Channels) : FileSlice(Head)
{
    public override string FileName => Head.Name + "Channel.g.cs";

    public static ChannelsSlice Of(SpecHead head, SpecModel spec) => new(
        head, new EquatableArray<ChannelEntry>(spec.Channels.Select(c => new ChannelEntry(c.Name, c.Address, c.Description)).ToArray()));
}

/// <summary>A channel without its parts.</summary>
internal sealed record ChannelEntry(string Name, string Address, string Description);

/// <summary>The builders of topics and filters: all of the channels, and of the operations the filters.</summary>
internal sealed record BuildersSlice(SpecHead Head, EquatableArray<ChannelModel> Channels, EquatableArray<TopicFilter> Filters)
    : FileSlice(Head)
{
    public override string FileName => Head.Name + "Topics.g.cs";

    public static BuildersSlice Of(SpecHead head, SpecModel spec) => new(
        head, spec.Channels, new EquatableArray<TopicFilter>(spec.Operations.SelectMany(o => TopicFilter.Of(spec, o)).ToArray()));
}

/// <summary>The matcher: the channels without descriptions. It calls the checks of parameters by name, so it needs no rules.</summary>
internal sealed record MatcherSlice(SpecHead Head, EquatableArray<ChannelModel> Channels) : FileSlice(Head)
{
    public override string FileName => Head.Name + "Topics.Matching.g.cs";

    public static MatcherSlice Of(SpecHead head, SpecModel spec)
    {
        TopicRules rules = new(spec.Channels);
        return new MatcherSlice(head, new EquatableArray<ChannelModel>(spec.Channels.Select(c => Bare(c, rules)).ToArray()));
    }

    private static ChannelModel Bare(ChannelModel channel, TopicRules rules) => channel with
    {
        Description = "",
        Parameters = new EquatableArray<TopicParameter>(
            channel.Parameters.Select(p => new TopicParameter(p.Id, "", "", StandIn(rules.Check(p), rules))).ToArray()),
    };

    /// <summary>A rule that equals another one exactly if the rules of the spec do.</summary>
    private static StringRule StandIn(string check, TopicRules rules) =>
        StringRule.None with { MinLength = rules.All.TakeWhile(r => r.Check != check).Count() };
}
