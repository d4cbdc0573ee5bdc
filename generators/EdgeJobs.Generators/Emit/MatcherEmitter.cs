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
        string protocol = channels.Any(c => c.IsMatched && c.Parameters.Count > 0) ? "EdgeJobs.Protocol" : "";
        IEnumerable<string> ids = channels.Where(c => c.IsMatched).SelectMany(c => c.Parameters).Select(p => p.Id).Distinct();
        return SourceFile.Write(spec, [protocol, "System", "System.CodeDom.Compiler"], $$"""
            /// <summary>The channel of a topic and its parameters, as slices of the topic. The default value is no match.</summary>
            {{SourceFile.GeneratedCode}}
            public readonly ref struct {{match}}
            {
                /// <summary>The channel.</summary>
                public {{channel}} Channel { get; init; }

                {{Code.Blocks(ids.Select(Parameter))}}
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

    /// <summary>Literal text, then a level with parameters, then the next place, or the end of some topics.</summary>
    private sealed class Edge
    {
        public string Literal = "";
        public TopicLevel Level = null!;

        /// <summary>The names of the level's parameters.</summary>
        public List<string> Ids = [];
        public List<ChannelModel> Ends = [];
        public Node? Next;

        public bool Is(string literal, TopicLevel level, List<string> ids) =>
            Literal == literal && Level.Shape == level.Shape && Ids.SequenceEqual(ids);
    }

    private static List<Node> Nodes(EquatableArray<ChannelModel> channels)
    {
        List<Node> nodes = [new Node { Name = "Match0" }];
        foreach (ChannelModel channel in channels.Where(c => c.IsMatched))
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

            List<string> ids = [.. level.Parts.Select(p => channel.Parameters[p.Parameter].Id)];
            Edge? edge = node.Edges.FirstOrDefault(e => e.Is(literal, level, ids));
            if (edge is null)
            {
                edge = new Edge { Literal = literal, Level = level, Ids = ids };
                node.Edges.Add(edge);
            }

            if (last)
            {
                edge.Ends.Add(channel);
                return;
            }

            if (edge.Next is null)
            {
                edge.Next = new Node { Name = "Match" + Number(nodes.Count), Captured = [.. node.Captured, .. ids] };
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
        IEnumerable<Edge> edges = node.Edges.OrderByDescending(e => e.Literal.Length).ThenBy(e => e.Level.IsWhole);
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
                return {{Result(spec, "channel", node.Captured, [.. node.Captured.Select(Camel)])}};
            }
            """;

        string Case((string Literal, ChannelModel Channel) end)
        {
            string when = Conditions(end.Channel, node.Captured, [.. node.Captured.Select(Camel)], rules);
            return $"{Literal(end.Literal)}{(when.Length == 0 ? "" : " when " + when)} => {channel}.{end.Channel.Name},";
        }
    }

    private static Code MatchEdge(SpecHead spec, Node node, Edge edge, TopicRules rules, int number, HashSet<string> taken)
    {
        string suffix = number == 0 ? "" : Number(number);
        List<string> own = [.. edge.Ids.Select(id => Variable(Camel(id) + suffix))];
        List<string> captured = [.. node.Captured, .. edge.Ids];
        List<string> variables = [.. node.Captured.Select(Camel), .. own];
        Code code = $"""
            {edge.Ends.Select(MatchEnd)}
            {(edge.Next is null ? null : MatchNext(edge.Next))}
            """;
        if (!edge.Level.IsWhole)
        {
            code = $$"""
                if ({{string.Join(" && ", Cuts())}})
                {
                    {{code}}
                }
                """;
        }

        string rest = edge.Literal.Length == 0 ? "rest" : $"rest[{Number(edge.Literal.Length)}..]";
        string level = edge.Level.IsWhole ? own[0] : "level" + suffix;
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

        string Variable(string name)
        {
            while (!taken.Add(name))
            {
                name += "_";
            }

            return name;
        }

        // The text around all parameters, then the text between two of them: the first one ends where it occurs first.
        IEnumerable<string> Cuts()
        {
            TopicPart[] parts = [.. edge.Level.Parts];
            string before = "level" + suffix;
            string after = parts.Length == 1 ? own[0] : Variable("part" + suffix);
            yield return $"TopicLevels.TryTrim({before}, {Literal(edge.Level.Prefix)}, {Literal(parts[parts.Length - 1].Suffix)}, "
                + $"out ReadOnlySpan<char> {after})";
            for (int i = 0; i < parts.Length - 1; i++)
            {
                (before, after) = (after, i == parts.Length - 2 ? own[i + 1] : Variable("part" + suffix));
                yield return $"TopicLevels.TryCut({before}, {Literal(parts[i].Suffix)}, out ReadOnlySpan<char> {own[i]}, "
                    + $"out ReadOnlySpan<char> {after})";
            }
        }

        Code MatchEnd(ChannelModel end)
        {
            string when = Conditions(end, captured, variables, rules);
            return $$"""
                if (!more{{suffix}}{{(when.Length == 0 ? "" : " && " + when)}})
                {
                    return {{Result(spec, $"{spec.Name}Channel.{end.Name}", captured, variables)}};
                }

                """;
        }

        Code MatchNext(Node next)
        {
            string arguments = string.Join(", ", ["behind" + suffix, .. variables]);
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

    private static string Conditions(ChannelModel channel, List<string> captured, List<string> variables, TopicRules rules) =>
        string.Join(" && ", channel.Parameters.Select(p => $"{rules.Check(p)}({variables[captured.LastIndexOf(p.Id)]})"));

    private static string Result(SpecHead spec, string channel, List<string> captured, List<string> variables)
    {
        IEnumerable<string> members = captured.Select((id, i) => $"{Pascal(id)} = {variables[i]}");
        return $"new {spec.Name}TopicMatch {{ Channel = {string.Join(", ", [channel, .. members])} }}";
    }
}
