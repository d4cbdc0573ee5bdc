using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Emits the matcher: a method for each place where a parameter may be. Literal text before the next parameter is
/// compared at once, literal ends by one switch; literals win over parameters.
/// </summary>
internal static class MatcherEmitter
{
    public static string Emit(SpecHead spec, EquatableArray<ChannelModel> channels)
    {
        TopicRules rules = new(channels);
        (string channel, string match) = (spec.Name + "Channel", spec.Name + "TopicMatch");
        string protocol = channels.Any(c => c.Parameters.Count > 0) ? "EdgeJobs.Protocol" : "";
        return SourceFile.Write(spec, [protocol, "System", "System.CodeDom.Compiler"], $$"""
            /// <summary>The channel of a topic and its parameters, as slices of the topic. The default value is no match.</summary>
            {{SourceFile.GeneratedCode}}
            public readonly ref struct {{match}}
            {
                /// <summary>The channel.</summary>
                public {{channel}} Channel { get; init; }

                {{Code.Blocks(rules.Ids.Select(Parameter))}}
            }

            public static partial class {{spec.Name}}Topics
            {
                /// <summary>Finds the channel of a topic. Literals win over parameters. Does not allocate.</summary>
                /// <param name="topic">The topic of an inbound message.</param>
                /// <param name="match">The channel and the parameters.</param>
                /// <returns>False if the spec has no such topic, or a parameter violates its rule.</returns>
                public static bool TryMatch(ReadOnlySpan<char> topic, out {{match}} match)
                {
                    match = Match0(topic);
                    return match.Channel != {{channel}}.None;
                }

                {{Code.Blocks(Nodes(channels).Select(node => Method(spec, node, rules)))}}
            }
            """);

        static Code Parameter(string id) => $$"""
            {{Documentation.Summary($"The topic parameter `{id}`; empty when the channel has none of this name.")}}
            public ReadOnlySpan<char> {{Pascal(id)}} { get; init; }
            """;
    }

    /// <summary>A place in the topic where topics diverge.</summary>
    private sealed class Node
    {
        public string Name = "";

        /// <summary>The parameters before this place, by name.</summary>
        public List<string> Captured = [];

        /// <summary>Topics that end in literal text here.</summary>
        public List<(string Literal, ChannelModel Channel)> Ends = [];

        /// <summary>Parameters after this place, each after literal text.</summary>
        public List<Edge> Edges = [];
    }

    /// <summary>Literal text, then a level with a parameter, then the next place, or the end of some topics.</summary>
    private sealed class Edge
    {
        public string Literal = "";
        public TopicLevel Level = null!;
        public string Id = "";
        public List<ChannelModel> Ends = [];
        public Node? Next;

        public bool IsWholeLevel => Level.Prefix.Length == 0 && Level.Suffix.Length == 0;
    }

    private static List<Node> Nodes(EquatableArray<ChannelModel> channels)
    {
        List<Node> nodes = [new Node { Name = "Match0" }];
        foreach (ChannelModel channel in channels)
        {
            Add(nodes, nodes[0], channel);
        }

        return nodes;
    }

    private static void Add(List<Node> nodes, Node node, ChannelModel channel)
    {
        string literal = "";
        for (int i = 0; i < channel.Levels.Count; i++)
        {
            TopicLevel level = channel.Levels[i];
            bool last = i == channel.Levels.Count - 1;
            if (level.Parameter < 0)
            {
                literal += level.Prefix + (last ? "" : "/");
                continue;
            }

            string id = channel.Parameters[level.Parameter].Id;
            Edge? edge = node.Edges.FirstOrDefault(e =>
                e.Literal == literal && e.Id == id && e.Level.Prefix == level.Prefix && e.Level.Suffix == level.Suffix);
            if (edge is null)
            {
                edge = new Edge { Literal = literal, Level = level, Id = id };
                node.Edges.Add(edge);
            }

            if (last)
            {
                edge.Ends.Add(channel);
                return;
            }

            if (edge.Next is null)
            {
                edge.Next = new Node { Name = "Match" + Number(nodes.Count), Captured = [.. node.Captured, id] };
                nodes.Add(edge.Next);
            }

            node = edge.Next;
            literal = "";
        }

        node.Ends.Add((literal, channel));
    }

    private static Code Method(SpecHead spec, Node node, TopicRules rules)
    {
        string remark = node.Captured.Count == 0
            ? ""
            : $"// The rest after {string.Join(" and ", node.Captured.Select(c => "{" + c + "}"))}.";
        string parameters = string.Concat(node.Captured.Select(c => ", ReadOnlySpan<char> " + Camel(c)));
        HashSet<string> taken = [.. node.Captured.Select(Camel)];

        // The longest literal first: literals win over parameters.
        IEnumerable<Edge> edges = node.Edges.OrderByDescending(e => e.Literal.Length).ThenBy(e => e.IsWholeLevel);
        return $$"""
            {{remark}}
            private static {{spec.Name}}TopicMatch {{node.Name}}(ReadOnlySpan<char> rest{{parameters}})
            {
                {{(node.Ends.Count == 0 ? null : MatchEnds(spec, node, rules))}}

                {{edges.Select((edge, number) => MatchEdge(spec, node, edge, rules, number, taken))}}
                return default;
            }
            """;
    }

    private static Code MatchEnds(SpecHead spec, Node node, TopicRules rules)
    {
        string channel = spec.Name + "Channel";
        return $$"""
            {{channel}} channel = rest switch
            {
                {{node.Ends.Select(Case)}}
                _ => {{channel}}.None,
            };
            if (channel != {{channel}}.None)
            {
                return {{Result(spec, "channel", node.Captured)}};
            }
            """;

        string Case((string Literal, ChannelModel Channel) end)
        {
            string when = Conditions(end.Channel, node.Captured, rules);
            return $"{Literal(end.Literal)}{(when.Length == 0 ? "" : " when " + when)} => {channel}.{end.Channel.Name},";
        }
    }

    private static Code MatchEdge(SpecHead spec, Node node, Edge edge, TopicRules rules, int number, HashSet<string> taken)
    {
        string suffix = number == 0 ? "" : Number(number);
        string id = Camel(edge.Id) + suffix;
        while (!taken.Add(id))
        {
            id += "_";
        }

        List<string> captured = [.. node.Captured, edge.Id];
        Code code = $"""
            {edge.Ends.Select(MatchEnd)}
            {(edge.Next is null ? null : MatchNext(edge.Next))}
            """;
        if (!edge.IsWholeLevel)
        {
            string literals = $"{Literal(edge.Level.Prefix)}, {Literal(edge.Level.Suffix)}";
            code = $$"""
                if (TopicLevels.TryTrim(level{{suffix}}, {{literals}}, out ReadOnlySpan<char> {{id}}))
                {
                    {{code}}
                }
                """;
        }

        string rest = edge.Literal.Length == 0 ? "rest" : $"rest[{Number(edge.Literal.Length)}..]";
        string level = edge.IsWholeLevel ? id : "level" + suffix;
        code = $"""
            bool more{suffix} = TopicLevels.TrySplit({rest}, out ReadOnlySpan<char> {level}, out ReadOnlySpan<char> behind{suffix});
            {code}
            """;
        if (edge.Literal.Length == 0)
        {
            return $"{code}\n";
        }

        return $$"""
            if (rest.StartsWith({{Literal(edge.Literal)}}))
            {
                {{code}}
            }

            """;

        Code MatchEnd(ChannelModel end)
        {
            string when = Conditions(end, captured, rules, id);
            return $$"""
                if (!more{{suffix}}{{(when.Length == 0 ? "" : " && " + when)}})
                {
                    return {{Result(spec, $"{spec.Name}Channel.{end.Name}", captured, id)}};
                }

                """;
        }

        Code MatchNext(Node next)
        {
            string arguments = string.Join(", ", ["behind" + suffix, .. node.Captured.Select(Camel), id]);
            return $$"""
                if (more{{suffix}})
                {
                    {{spec.Name}}TopicMatch found{{suffix}} = {{next.Name}}({{arguments}});
                    if (found{{suffix}}.Channel != {{spec.Name}}Channel.None)
                    {
                        return found{{suffix}};
                    }
                }
                """;
        }
    }

    private static string Conditions(ChannelModel channel, List<string> captured, TopicRules rules, string? last = null) => string.Join(
        " && ",
        channel.Parameters.Select(p =>
            $"{rules.Check(p)}({(last is not null && captured.LastIndexOf(p.Id) == captured.Count - 1 ? last : Camel(p.Id))})"));

    private static string Result(SpecHead spec, string channel, List<string> captured, string? last = null)
    {
        IEnumerable<string> members = captured.Select((id, i) =>
            $"{Pascal(id)} = {(last is not null && i == captured.Count - 1 ? last : Camel(id))}");
        return $"new {spec.Name}TopicMatch {{ Channel = {string.Join(", ", [channel, .. members])} }}";
    }
}
