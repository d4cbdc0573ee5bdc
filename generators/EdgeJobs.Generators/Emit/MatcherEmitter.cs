using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Emits the matcher: a method for each place where a parameter may stand. Literal text before the next parameter is
/// compared in one go, literal ends by one switch; fixed words win over parameters.
/// </summary>
internal static class MatcherEmitter
{
    public static string Emit(SpecHead spec, EquatableArray<ChannelModel> channels)
    {
        TopicRules rules = new(channels);
        SourceWriter w = CSharp.File(spec, "System");
        string match = spec.Name + "TopicMatch";
        w.Line("/// <summary>The channel of a topic and its parameters, as slices of the topic. The default value is no match.</summary>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public readonly ref struct " + match))
        {
            w.Line("/// <summary>The channel.</summary>");
            w.Line("public " + spec.Name + "Channel Channel { get; init; }");
            foreach (string id in rules.Ids)
            {
                w.Line();
                CSharp.Summary(w, "The topic parameter `" + id + "`; empty when the channel has none of this name.");
                w.Line("public ReadOnlySpan<char> " + CSharp.Pascal(id) + " { get; init; }");
            }
        }

        w.Line();
        w.Line("public static partial class " + spec.Name + "Topics");
        w.Line("{");
        using (w.Indent())
        {
            w.Line("/// <summary>Finds the channel of a topic. Fixed words win over parameters. Allocates nothing.</summary>");
            w.Line("/// <param name=\"topic\">The topic of an inbound message.</param>");
            w.Line("/// <param name=\"match\">The channel and the parameters.</param>");
            w.Line("/// <returns>False when the spec knows no such topic, or a parameter breaks its rule.</returns>");
            using (w.Open("public static bool TryMatch(ReadOnlySpan<char> topic, out " + match + " match)"))
            {
                w.Line("match = Match0(topic);");
                w.Line("return match.Channel != " + spec.Name + "Channel.None;");
            }

            Node root = new() { Name = "Match0" };
            List<Node> nodes = new() { root };
            foreach (ChannelModel channel in channels)
            {
                Add(nodes, root, channel);
            }

            foreach (Node node in nodes)
            {
                w.Line();
                EmitNode(w, spec, node, rules);
            }
        }

        w.Line("}");
        return w.ToString();
    }

    /// <summary>A place in the topic where what follows is known to differ.</summary>
    private sealed class Node
    {
        public string Name = "";

        /// <summary>The parameters that stand before this place, by name.</summary>
        public List<string> Captured = new();

        /// <summary>Topics that end in literal text here.</summary>
        public List<(string Literal, ChannelModel Channel)> Ends = new();

        /// <summary>Parameters that stand here, behind literal text.</summary>
        public List<Edge> Edges = new();
    }

    /// <summary>Literal text, then a level with a parameter, then the place behind it, or the end of some topics.</summary>
    private sealed class Edge
    {
        public string Literal = "";
        public TopicLevel Level = null!;
        public string Id = "";
        public List<ChannelModel> Ends = new();
        public Node? Next;
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
                edge.Next = new Node { Name = "Match" + CSharp.Number(nodes.Count), Captured = new List<string>(node.Captured) { id } };
                nodes.Add(edge.Next);
            }

            node = edge.Next;
            literal = "";
        }

        node.Ends.Add((literal, channel));
    }

    private static void EmitNode(SourceWriter w, SpecHead spec, Node node, TopicRules rules)
    {
        string match = spec.Name + "TopicMatch";
        if (node.Captured.Count > 0)
        {
            w.Line("// What follows " + string.Join(" and ", node.Captured.Select(c => "{" + c + "}")) + ".");
        }

        string parameters = "ReadOnlySpan<char> rest" + string.Concat(node.Captured.Select(c => ", ReadOnlySpan<char> " + CSharp.Camel(c)));
        using (w.Open("private static " + match + " " + node.Name + "(" + parameters + ")"))
        {
            if (node.Ends.Count > 0)
            {
                w.Line(spec.Name + "Channel channel = rest switch");
                w.Line("{");
                using (w.Indent())
                {
                    foreach ((string literal, ChannelModel channel) in node.Ends)
                    {
                        string when = Conditions(channel, node.Captured, rules);
                        w.Line(CSharp.Literal(literal) + (when.Length == 0 ? "" : " when " + when) + " => " + spec.Name + "Channel." + channel.Name + ",");
                    }

                    w.Line("_ => " + spec.Name + "Channel.None,");
                }

                w.Line("};");
                using (w.Open("if (channel != " + spec.Name + "Channel.None)"))
                {
                    w.Line("return " + Result(spec, "channel", node.Captured) + ";");
                }

                w.Line();
            }

            // The longest literal first: fixed words win over parameters.
            int number = 0;
            HashSet<string> taken = new(node.Captured.Select(CSharp.Camel));
            foreach (Edge edge in node.Edges.OrderByDescending(e => e.Literal.Length).ThenBy(e => e.Level.Prefix.Length == 0 && e.Level.Suffix.Length == 0))
            {
                EmitEdge(w, spec, node, edge, rules, number++, taken);
                w.Line();
            }

            w.Line("return default;");
        }
    }

    private static void EmitEdge(SourceWriter w, SpecHead spec, Node node, Edge edge, TopicRules rules, int number, HashSet<string> taken)
    {
        string suffix = number == 0 ? "" : CSharp.Number(number);
        string id = CSharp.Camel(edge.Id) + suffix;
        while (!taken.Add(id))
        {
            id += "_";
        }

        List<string> captured = new(node.Captured) { edge.Id };
        SourceWriter.Block? prefix = null;
        string rest = "rest";
        if (edge.Literal.Length > 0)
        {
            prefix = w.Open("if (rest.StartsWith(" + CSharp.Literal(edge.Literal) + "))");
            rest = "rest[" + CSharp.Number(edge.Literal.Length) + "..]";
        }

        bool whole = edge.Level.Prefix.Length == 0 && edge.Level.Suffix.Length == 0;
        string level = whole ? id : "level" + suffix;
        string split = "TopicLevels.TrySplit(" + rest + ", out ReadOnlySpan<char> " + level + ", out ReadOnlySpan<char> behind" + suffix + ")";
        w.Line("bool more" + suffix + " = " + split + ";");
        SourceWriter.Block? trim = whole
            ? null
            : w.Open("if (TopicLevels.TryTrim(" + level + ", " + CSharp.Literal(edge.Level.Prefix) + ", " + CSharp.Literal(edge.Level.Suffix)
                + ", out ReadOnlySpan<char> " + id + "))");
        foreach (ChannelModel end in edge.Ends)
        {
            string when = Conditions(end, captured, rules, id);
            using (w.Open("if (!more" + suffix + (when.Length == 0 ? "" : " && " + when) + ")"))
            {
                w.Line("return " + Result(spec, spec.Name + "Channel." + end.Name, captured, id) + ";");
            }

            w.Line();
        }

        if (edge.Next is { } next)
        {
            using (w.Open("if (more" + suffix + ")"))
            {
                string arguments = "behind" + suffix + string.Concat(node.Captured.Select(c => ", " + CSharp.Camel(c))) + ", " + id;
                string found = spec.Name + "TopicMatch found" + suffix + " = " + next.Name + "(" + arguments + ");";
                w.Line(found);
                using (w.Open("if (found" + suffix + ".Channel != " + spec.Name + "Channel.None)"))
                {
                    w.Line("return found" + suffix + ";");
                }
            }
        }

        trim?.Dispose();
        prefix?.Dispose();
    }

    private static string Conditions(ChannelModel channel, List<string> captured, TopicRules rules, string? last = null) =>
        string.Join(" && ", channel.Parameters.Select(p =>
            rules.Check(p) + "(" + (last is not null && captured.LastIndexOf(p.Id) == captured.Count - 1 ? last : CSharp.Camel(p.Id)) + ")"));

    private static string Result(SpecHead spec, string channel, List<string> captured, string? last = null)
    {
        IEnumerable<string> members = captured.Select((id, i) =>
            CSharp.Pascal(id) + " = " + (last is not null && i == captured.Count - 1 ? last : CSharp.Camel(id)));
        return "new " + spec.Name + "TopicMatch { Channel = " + CSharp.Join(", ", new[] { channel }.Concat(members)) + " }";
    }
}
