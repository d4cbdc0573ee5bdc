using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the channel enum, the topic builders and the checks of topic parameters.</summary>
internal static class TopicsEmitter
{
    private static readonly char[] NoLevel = { '/', '+', '#', '\0' };

    public static string EmitChannels(SpecHead spec, EquatableArray<ChannelEntry> channels)
    {
        SourceWriter w = CSharp.File(spec);
        CSharp.Summary(w, "The channels of " + spec.Title + ": kinds of topics.");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public enum " + spec.Name + "Channel"))
        {
            w.Line("/// <summary>No channel of the spec.</summary>");
            w.Line("None = 0,");
            foreach (ChannelEntry channel in channels)
            {
                w.Line();
                CSharp.Summary(w, channel.Description, "`" + channel.Address + "`");
                w.Line(channel.Name + ",");
            }
        }

        return w.ToString();
    }

    public static string EmitBuilders(SpecHead spec, EquatableArray<ChannelModel> channels, EquatableArray<TopicFilter> filters)
    {
        TopicRules rules = new(channels);
        SourceWriter w = CSharp.File(spec, "System");
        CSharp.Summary(w, "Builds and recognizes the topics of " + spec.Title + ".");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public static partial class " + spec.Name + "Topics"))
        {
            foreach (ChannelModel channel in channels)
            {
                w.Line();
                EmitBuilder(w, channel, rules);
                w.Line();
                EmitFormatter(w, channel, rules);
            }

            foreach (TopicFilter filter in filters)
            {
                w.Line();
                EmitFilter(w, filter, rules);
            }

            foreach ((TopicParameter parameter, string check) in rules.All)
            {
                w.Line();
                EmitParameterCheck(w, parameter, check);
            }
        }

        return w.ToString();
    }

    /// <summary>The method that writes a channel's topic into memory.</summary>
    public static string FormatterOf(string channel) => "TryFormat" + channel;

    /// <summary>The method that throws where a check is false.</summary>
    public static string RequirementOf(string check) => "Require" + check.Substring("Is".Length);

    private static void EmitBuilder(SourceWriter w, ChannelModel channel, TopicRules rules)
    {
        Describe(w, channel);
        ParameterDocs(w, channel, _ => "");
        if (channel.Parameters.Count > 0)
        {
            w.Line("/// <exception cref=\"ArgumentException\">A parameter breaks its rule.</exception>");
        }

        using (w.Open("public static string " + channel.Name + "(" + BuilderParameters(channel) + ")"))
        {
            foreach (TopicParameter parameter in channel.Parameters)
            {
                w.Line(RequirementOf(rules.Check(parameter)) + "(" + CSharp.Camel(parameter.Id) + ");");
            }

            w.Line("return " + Concat(Pieces(channel)) + ";");
        }
    }

    private static void EmitFormatter(SourceWriter w, ChannelModel channel, TopicRules rules)
    {
        CSharp.Summary(w, "Writes the topic `" + channel.Address + "` into the caller's memory; allocates nothing.");
        w.Line("/// <param name=\"destination\">Where the topic goes.</param>");
        ParameterDocs(w, channel, _ => "");
        w.Line("/// <param name=\"charsWritten\">How many characters the topic has, or 0.</param>");
        w.Line("/// <returns>False when the topic does not fit" + (channel.Parameters.Count > 0 ? " or a parameter breaks its rule" : "") + ".</returns>");
        string parameters = CSharp.Join(", ", new[] { "Span<char> destination", ParameterList(channel, "ReadOnlySpan<char> "), "out int charsWritten" });
        using (w.Open("public static bool " + FormatterOf(channel.Name) + "(" + parameters + ")"))
        {
            if (channel.Parameters.Count > 0)
            {
                string broken = string.Join(" || ", channel.Parameters.Select(p => "!" + rules.Check(p) + "(" + CSharp.Camel(p.Id) + ")"));
                using (w.Open("if (" + broken + ")"))
                {
                    w.Line("charsWritten = 0;");
                    w.Line("return false;");
                }

                w.Line();
            }

            w.Line("TopicWriter topic = new(destination);");
            foreach (string piece in Pieces(channel))
            {
                w.Line("topic.Append(" + piece + ");");
            }

            w.Line("return topic.TryFinish(out charsWritten);");
        }
    }

    /// <summary>Emits a filter that a client subscribes to.</summary>
    private static void EmitFilter(SourceWriter w, TopicFilter filter, TopicRules rules)
    {
        ChannelModel channel = filter.Channel;
        CSharp.Summary(w, "The topic filter of " + filter.What + ". A parameter that is null stands for any value.");
        ParameterDocs(w, channel, _ => " Null for any.");
        if (channel.Parameters.Count > 0)
        {
            w.Line("/// <exception cref=\"ArgumentException\">A parameter breaks its rule.</exception>");
        }

        string parameters = string.Join(", ", channel.Parameters.Select((p, i) => "string? " + CSharp.Camel(p.Id) + (i == 0 ? "" : " = null")));
        using (w.Open("public static string " + filter.Name + "(" + parameters + ")"))
        {
            foreach (TopicParameter parameter in channel.Parameters)
            {
                string id = CSharp.Camel(parameter.Id);
                using (w.Open("if (" + id + " is not null)"))
                {
                    w.Line(RequirementOf(rules.Check(parameter)) + "(" + id + ");");
                }

                w.Line();
            }

            w.Line("return " + Concat(FilterPieces(channel, filter.LastLevel)) + ";");
        }
    }

    private static void EmitParameterCheck(SourceWriter w, TopicParameter parameter, string check)
    {
        string rule = RuleText.Text(parameter.Rule).Replace("`", "");
        string must = rule.Length == 0 ? "one topic level" : rule;
        CSharp.Summary(w, "True when the text can be the topic parameter `" + parameter.Id + "`: " + must + ".");
        string violation = ValidationEmitter.StringViolation(parameter.Rule, "value");
        w.Line("public static bool " + check + "(ReadOnlySpan<char> value) =>");
        using (w.Indent())
        {
            string rules = violation.Length == 0 ? "" : "!(" + violation + ")";
            w.Line(CSharp.Join(" && ", new[] { IsAlwaysLevel(parameter.Rule) ? "" : "TopicLevels.IsLevel(value)", rules }) + ";");
        }

        w.Line();
        using (w.Open("private static void " + RequirementOf(check) + "(string value)"))
        {
            w.Line("ArgumentNullException.ThrowIfNull(value);");
            using (w.Open("if (!" + check + "(value))"))
            {
                w.Line("throw new ArgumentException(\"'\" + value + \"' can't be the topic parameter " + parameter.Id + ": it must be \" + "
                    + CSharp.Literal(must) + " + \".\", nameof(value));");
            }
        }
    }

    /// <summary>True when the rule alone makes sure that a value is one level of a topic name.</summary>
    private static bool IsAlwaysLevel(StringRule rule) =>
        rule.MinLength > 0
        && rule.Characters is { ExcludesControls: false } set
        && set.Ascii.IndexOfAny(NoLevel) < 0
        && rule.AlsoAllowed.All(v => v.Length > 0 && v.IndexOfAny(NoLevel) < 0);

    private static void Describe(SourceWriter w, ChannelModel channel) =>
        CSharp.Summary(w, CSharp.Or(channel.Description, "The topic of " + channel.Id + "."), "`" + channel.Address + "`");

    private static void ParameterDocs(SourceWriter w, ChannelModel channel, System.Func<TopicParameter, string> more)
    {
        foreach (TopicParameter parameter in channel.Parameters)
        {
            string rule = RuleText.Text(parameter.Rule);
            string text = CSharp.Join(" ", new[]
            {
                CSharp.Or(parameter.Description, "The parameter `" + parameter.Id + "`."),
                rule.Length == 0 ? "" : CSharp.Pascal(rule) + ".",
            });
            w.Line("/// <param name=\"" + CSharp.Camel(parameter.Id).TrimStart('@') + "\">" + CSharp.Xml((text + more(parameter)).Replace("\n", " ")) + "</param>");
        }
    }

    /// <summary>The parameters of a builder: those with a default may be left out, when all behind them may.</summary>
    private static string BuilderParameters(ChannelModel channel)
    {
        int required = channel.Parameters.Count - channel.Parameters.Reverse().TakeWhile(p => p.Default is not null).Count();
        return string.Join(", ", channel.Parameters.Select((p, i) =>
            "string " + CSharp.Camel(p.Id) + (i >= required ? " = " + CSharp.Literal(p.Default!) : "")));
    }

    private static string ParameterList(ChannelModel channel, string type) =>
        string.Join(", ", channel.Parameters.Select(p => type + CSharp.Camel(p.Id)));

    private static string Concat(List<string> pieces) => pieces.Count == 1 ? pieces[0] : "string.Concat(" + string.Join(", ", pieces) + ")";

    private static List<string> Pieces(ChannelModel channel) => Pieces(channel, channel.Levels.Count, lastLevel: null, isFilter: false);

    private static List<string> FilterPieces(ChannelModel channel, string? lastLevel) =>
        Pieces(channel, lastLevel is null ? channel.Levels.Count : channel.Levels.Count - 1, lastLevel, isFilter: true);

    /// <summary>The topic as C# expressions to be joined: literals, merged where they touch, and parameters.</summary>
    private static List<string> Pieces(ChannelModel channel, int levels, string? lastLevel, bool isFilter)
    {
        List<string> pieces = new();
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

            string id = CSharp.Camel(channel.Parameters[level.Parameter].Id);
            bool whole = level.Prefix.Length == 0 && level.Suffix.Length == 0;
            if (isFilter && !whole)
            {
                // MQTT's + stands for a whole level only, so what is around the parameter goes with it.
                Flush();
                string before = level.Prefix.Length == 0 ? "" : CSharp.Literal(level.Prefix) + " + ";
                string after = level.Suffix.Length == 0 ? "" : " + " + CSharp.Literal(level.Suffix);
                pieces.Add("(" + id + " is null ? \"+\" : " + before + id + after + ")");
                continue;
            }

            literal += level.Prefix;
            Flush();
            pieces.Add(isFilter ? id + " ?? \"+\"" : id);
            literal = level.Suffix;
        }

        literal += lastLevel is null ? "" : "/" + lastLevel;
        Flush();
        return pieces;

        void Flush()
        {
            if (literal.Length > 0)
            {
                pieces.Add(CSharp.Literal(literal));
                literal = "";
            }
        }
    }
}
