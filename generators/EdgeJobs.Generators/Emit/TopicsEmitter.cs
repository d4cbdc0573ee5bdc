using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the channel enum, the topic builders and the checks of topic parameters.</summary>
internal static class TopicsEmitter
{
    private const string Exception = "/// <exception cref=\"ArgumentException\">A parameter violates its rule.</exception>";

    private static readonly char[] NoLevel = ['/', '+', '#', '\0'];

    public static string EmitChannels(SpecHead spec, EquatableArray<ChannelEntry> channels)
    {
        return SourceFile.Write(spec, ["System.CodeDom.Compiler"], $$"""
            {{Documentation.Summary($"The channels of {spec.Title}: kinds of topics.")}}
            {{SourceFile.GeneratedCode}}
            public enum {{spec.Name}}Channel
            {
                /// <summary>No channel of the spec.</summary>
                None = 0,

                {{Code.Blocks(channels.Select(EnumMember))}}
            }
            """);

        static Code EnumMember(ChannelEntry channel) => $"""
            {Documentation.Summary(channel.Description, Topic(channel.Address))}
            {channel.Name},
            """;
    }

    private static string Topic(string address) =>
        address.Length == 0 ? "The topic is known at run time only." : $"`{address}`";

    public static string EmitBuilders(SpecHead spec, EquatableArray<ChannelModel> channels, EquatableArray<TopicFilter> filters)
    {
        TopicRules rules = new(channels);
        string[] usings = channels.Any(c => c.HasAddress)
            ? ["EdgeJobs.Protocol", "System", "System.CodeDom.Compiler"]
            : ["System.CodeDom.Compiler"];
        return SourceFile.Write(spec, usings, $$"""
            {{Documentation.Summary($"Builds and recognizes the topics of {spec.Title}.")}}
            {{SourceFile.GeneratedCode}}
            public static partial class {{spec.Name}}Topics
            {
                {{Code.Blocks(channels.Where(c => c.HasAddress).Select(c => Builder(c, rules)))}}

                {{Code.Blocks(filters.Select(f => Filter(f, rules)))}}

                {{Code.Blocks(rules.All.Select(r => ParameterCheck(r.Parameter, r.Check)))}}
            }
            """);
    }

    private static Code Builder(ChannelModel channel, TopicRules rules)
    {
        bool hasParameters = channel.Parameters.Count > 0;
        string span = string.Concat(channel.Parameters.Select(p => $"ReadOnlySpan<char> {Camel(p.Id)}, "));
        return $$"""
            {{Documentation.Summary(Or(channel.Description, $"The topic of {channel.Id}."), $"`{channel.Address}`")}}
            {{ParameterDocs(channel)}}
            {{(hasParameters ? Exception : "")}}
            public static string {{channel.Name}}({{BuilderParameters(channel)}})
            {
                {{channel.Parameters.Select(p => $"{TopicRules.RequirementOf(rules.Check(p))}({Camel(p.Id)});")}}
                return {{Concat(Pieces(channel))}};
            }

            {{Documentation.Summary($"Writes the topic `{channel.Address}` to a span, without allocations.")}}
            /// <param name="destination">Receives the topic.</param>
            {{ParameterDocs(channel)}}
            /// <param name="charsWritten">The length of the topic, or 0.</param>
            /// <returns>False when the topic does not fit{{(hasParameters ? " or a parameter violates its rule" : "")}}.</returns>
            public static bool {{channel.FormatterName}}(Span<char> destination, {{span}}out int charsWritten)
            {
                {{(hasParameters ? CheckParameters(channel, rules) : null)}}

                TopicWriter topic = new(destination);
                {{Pieces(channel).Select(piece => $"topic.Append({piece});")}}
                return topic.TryFinish(out charsWritten);
            }
            """;
    }

    private static Code CheckParameters(ChannelModel channel, TopicRules rules) => $$"""
        if ({{string.Join(" || ", channel.Parameters.Select(p => $"!{rules.Check(p)}({Camel(p.Id)})"))}})
        {
            charsWritten = 0;
            return false;
        }
        """;

    /// <summary>A filter that a client subscribes to.</summary>
    private static Code Filter(TopicFilter filter, TopicRules rules)
    {
        EquatableArray<TopicParameter> parameters = filter.Channel.Parameters;
        IEnumerable<string> declared = parameters.Select(p => $"string? {Camel(p.Id)} = null");
        return $$"""
            {{Documentation.Summary($"The topic filter of {filter.What}. A null parameter matches any value.")}}
            {{ParameterDocs(filter.Channel, " Null matches any value.")}}
            {{(parameters.Count > 0 ? Exception : "")}}
            public static string {{filter.Name}}({{string.Join(", ", declared)}})
            {
                {{parameters.Select(Require)}}
                return {{Concat(FilterPieces(filter.Channel, filter.LastLevel))}};
            }
            """;

        Code Require(TopicParameter parameter) => $$"""
            if ({{Camel(parameter.Id)}} is not null)
            {
                {{TopicRules.RequirementOf(rules.Check(parameter))}}({{Camel(parameter.Id)}});
            }

            """;
    }

    private static Code ParameterCheck(TopicParameter parameter, string check)
    {
        string must = Or(RuleText.Text(parameter.Rule).Replace("`", ""), "one topic level");
        string violation = ValidationEmitter.StringViolation(parameter.Rule, "value");
        string rule = Join(
            " && ",
            IsAlwaysLevel(parameter.Rule) ? "" : "TopicLevels.IsLevel(value)",
            violation.Length == 0 ? "" : $"!({violation})");
        string message = $"\"'\" + value + \"' can't be the topic parameter {parameter.Id}: it must be \" + {Literal(must)} + \".\"";
        return $$"""
            {{Documentation.Summary($"True when the text can be the topic parameter `{parameter.Id}`: {must}.")}}
            public static bool {{check}}(ReadOnlySpan<char> value) =>
                {{rule}};

            private static void {{TopicRules.RequirementOf(check)}}(string value)
            {
                ArgumentNullException.ThrowIfNull(value);
                if (!{{check}}(value))
                {
                    throw new ArgumentException({{message}}, nameof(value));
                }
            }
            """;
    }

    /// <summary>True when the rule alone makes sure that a value is one level of a topic name.</summary>
    private static bool IsAlwaysLevel(StringRule rule) =>
        rule.MinLength > 0
        && rule.Characters is { ExcludesControls: false } set
        && set.Ascii.IndexOfAny(NoLevel) < 0
        && rule.AlsoAllowed.All(v => v.Length > 0 && v.IndexOfAny(NoLevel) < 0);

    /// <summary>The documentation of a channel's parameters.</summary>
    public static IEnumerable<string> ParameterDocs(ChannelModel channel, string more = "")
    {
        foreach (TopicParameter parameter in channel.Parameters)
        {
            string rule = RuleText.Text(parameter.Rule);
            string description = Or(parameter.Description, $"The parameter `{parameter.Id}`.");
            string text = rule.Length == 0 ? description : $"{description} {Pascal(rule)}.";
            string xml = Documentation.Xml((text + more).Replace("\n", " "));
            yield return $"/// <param name=\"{Camel(parameter.Id).TrimStart('@')}\">{xml}</param>";
        }
    }

    /// <summary>The parameters of a builder: those with a default come last, and are optional.</summary>
    private static string BuilderParameters(ChannelModel channel) => string.Join(
        ", ",
        channel.Parameters.OrderBy(p => p.Default is not null).Select(
            p => $"string {Camel(p.Id)}{(p.Default is { } value ? $" = {Literal(value)}" : "")}"));

    private static string Concat(List<string> pieces) => pieces.Count == 1 ? pieces[0] : $"string.Concat({string.Join(", ", pieces)})";

    private static List<string> Pieces(ChannelModel channel) => Pieces(channel, channel.Levels.Count, lastLevel: null, isFilter: false);

    private static List<string> FilterPieces(ChannelModel channel, string? lastLevel) =>
        Pieces(channel, lastLevel is null ? channel.Levels.Count : channel.Levels.Count - 1, lastLevel, isFilter: true);

    /// <summary>The topic as C# expressions to be joined: literals, merged where they touch, and parameters.</summary>
    private static List<string> Pieces(ChannelModel channel, int levels, string? lastLevel, bool isFilter)
    {
        List<string> pieces = [];
        string literal = "";
        for (int i = 0; i < levels; i++)
        {
            TopicLevel level = channel.Levels[i];
            literal += i == 0 ? "" : "/";
            if (level.Parameter < 0)
            {
                literal += level.Prefix;
                continue;
            }

            if (isFilter && !level.IsWhole)
            {
                // MQTT's + matches a whole level only, so it replaces the text around the parameters, too.
                Flush();
                string isNull = string.Join(" || ", level.Parts.Select(p => $"{Id(p)} is null"));
                string before = level.Prefix.Length == 0 ? "" : Literal(level.Prefix) + " + ";
                IEnumerable<string> parts = level.Parts.Select(p => Id(p) + (p.Suffix.Length == 0 ? "" : " + " + Literal(p.Suffix)));
                pieces.Add($"({isNull} ? \"+\" : {before}{string.Join(" + ", parts)})");
                continue;
            }

            literal += level.Prefix;
            foreach (TopicPart part in level.Parts)
            {
                Flush();
                pieces.Add(isFilter ? Id(part) + " ?? \"+\"" : Id(part));
                literal = part.Suffix;
            }
        }

        literal += lastLevel is null ? "" : "/" + lastLevel;
        Flush();
        return pieces;

        string Id(TopicPart part) => Camel(channel.Parameters[part.Parameter].Id);

        void Flush()
        {
            if (literal.Length > 0)
            {
                pieces.Add(Literal(literal));
                literal = "";
            }
        }
    }
}
