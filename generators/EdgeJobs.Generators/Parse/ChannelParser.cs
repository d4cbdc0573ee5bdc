using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;
using EdgeJobs.Generators.Schemas;

namespace EdgeJobs.Generators.Parse;

/// <summary>A channel of the document.</summary>
/// <param name="Index">Its place in <see cref="SpecModel.Channels"/>, or that of an earlier channel with the same topics.</param>
/// <param name="Node">The value after references are followed.</param>
/// <param name="Entry">The member of <c>channels</c>.</param>
/// <param name="Messages">What is sent on it.</param>
internal sealed record Channel(int Index, JsonObject Node, JsonNode Entry, IReadOnlyList<Message> Messages);

/// <summary>Reads <c>channels</c>.</summary>
internal sealed class ChannelParser(SpecContext context, MessageParser messages, StringRuleParser rules)
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "address", "title", "summary", "description", "parameters", "messages", "servers", "tags", "externalDocs", "bindings",
    };

    private static readonly HashSet<string> KnownParameter = new(StringComparer.Ordinal)
    {
        "description", "enum", "default", "examples", "location", "x-schema",
    };

    private static readonly char[] NoLevel = { '/', '+', '#', '\0' };

    private readonly NameScope _names = new(context, "x-name");
    private readonly Dictionary<string, List<int>> _addresses = new(StringComparer.Ordinal);
    private readonly ServerParser _servers = new(context);
    private readonly Dictionary<string, JsonNode> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<JsonObject, TopicParameter> _read = new();
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly List<Channel> _channels = new();
    private readonly List<ChannelModel> _models = new();

    /// <summary>The channels in the order of the document.</summary>
    public IReadOnlyList<Channel> Channels => _channels;

    /// <summary>What the emitter needs of them.</summary>
    public List<ChannelModel> Models => _models;

    public void Parse(JsonObject channels)
    {
        _names.ChooseAll(channels.Members);
        _written.UnionWith(channels.Members.SelectMany(NamesIn));
        foreach (JsonNode entry in channels.Members)
        {
            if (context.Object(entry) is { } channel)
            {
                Parse(entry, channel);
            }
        }
    }

    /// <summary>Reports names that methods of the class of topic builders share, once operations are known.</summary>
    /// <param name="operations">The operations.</param>
    /// <param name="places">Their declarations by key.</param>
    public void CheckNames(IEnumerable<OperationModel> operations, JsonObject? places)
    {
        NameScope methods = new(context, "x-name");
        HashSet<string> taken = new(StringComparer.Ordinal);

        // Elements with the same name are already reported.
        HashSet<string> seen = new(StringComparer.Ordinal) { "" };
        foreach (Channel channel in _channels.Where(c => seen.Add(_models[c.Index].Name.Normalize())))
        {
            Take(_models[channel.Index].FormatterName, channel.Entry);
        }

        foreach ((TopicParameter parameter, string check) in new TopicRules(new EquatableArray<ChannelModel>(_models)).All)
        {
            Take(check, _parameters[parameter.Id]);
            Take(TopicRules.RequirementOf(check), _parameters[parameter.Id]);
        }

        seen = new(StringComparer.Ordinal) { "" };
        foreach (OperationModel operation in operations.Where(o => seen.Add(o.Name.Normalize())))
        {
            foreach (string name in TopicFilter.NamesOf(operation.Name))
            {
                Take(name, places?[operation.Id] ?? context.Root);
            }
        }

        foreach (Channel channel in _channels.Where(c => taken.Contains(_models[c.Index].Name)))
        {
            string name = _models[channel.Index].Name;
            context.Bag.ReportName(
                DiagnosticDescriptors.UnusableName, channel.Entry, channel.Entry.Path, name, "which the generated code uses itself",
                "x-name");
        }

        void Take(string name, JsonNode node)
        {
            taken.Add(name);
            methods.TakeFixed(name, node);
        }
    }

    private void Parse(JsonNode entry, JsonObject channel)
    {
        context.CheckMembers(channel, "a channel", Known);
        string name = _names.Take(
            context.NameOf(entry), entry, n => ReservedNames.IsChannel(n, context.Name), n => new[] { n, "TryFormat" + n });

        List<Message> carried = new();
        foreach (JsonNode message in context.Object(channel["messages"])?.Members ?? Array.Empty<JsonNode>())
        {
            if (messages.Parse(message) is { } parsed)
            {
                carried.Add(parsed);
            }
        }

        List<TopicLevel> levels = new();
        List<TopicParameter> parameters = new();
        string text = Address(channel, entry, levels, parameters);
        int same = FindSame(levels, parameters);
        _channels.Add(new Channel(same < 0 ? _models.Count : same, channel, entry, carried));
        _models.Add(new ChannelModel(
            entry.Key,
            name,
            text,
            context.Description(channel),
            new EquatableArray<TopicLevel>(levels),
            new EquatableArray<TopicParameter>(parameters),
            same));
    }

    /// <summary>What is in braces in the address of a channel.</summary>
    private static IEnumerable<string> NamesIn(JsonNode channel) =>
        ((channel as JsonObject)?["address"] as JsonString)?.Value.Split('{').Skip(1).Select(part => part.Split('}')[0])
            ?? Enumerable.Empty<string>();

    /// <summary>The address after what precedes it on the server. Empty if it is known at run time only, or can't be a topic.</summary>
    private string Address(JsonObject channel, JsonNode entry, List<TopicLevel> levels, List<TopicParameter> parameters)
    {
        JsonObject? declared = context.Object(channel["parameters"]);
        if (channel["address"] is not { } written || written is JsonNull
            || context.Expect<JsonString>(written, "a string or null") is not { } address)
        {
            return "";
        }

        bool hasPrefix = _servers.TryGetPrefix(channel, out TopicPrefix? prefix);
        AddressParser parser = new(context, address);
        if (!parser.Parse(prefix?.Levels ?? 0) || !hasPrefix)
        {
            return "";
        }

        if (prefix is not null)
        {
            levels.AddRange(prefix.Parser.Levels.Take(prefix.Levels));
            AddParameters(prefix.Parser, prefix.Variables, entry, parameters);
        }

        // There is one slash between the path of the server and the address.
        bool startsWithSlash = prefix is not null && parser.Levels.Count > 1 && parser.Levels[0].IsEmpty;
        int first = parameters.Count;
        levels.AddRange(parser.Levels.Skip(startsWithSlash ? 1 : 0).Select(level => level.MoveParameters(first)));
        AddParameters(parser, declared, entry, parameters);
        foreach (JsonNode unused in declared?.Members ?? Array.Empty<JsonNode>())
        {
            if (!parser.Parameters.Any(p => p.Id == unused.Key))
            {
                context.Bag.ReportName(DiagnosticDescriptors.UnusedParameter, unused, unused.Key, address.Value);
            }
        }

        foreach (AddressParameter used in parser.Parameters.Where(p => !p.IsWildcard && declared?[p.Id] is null))
        {
            if (Spelling.Nearest(used.Id, declared?.Members.Select(m => m.Key) ?? Array.Empty<string>()) is { } near)
            {
                context.Bag.Report(
                    DiagnosticDescriptors.UndeclaredParameter, address.Part(used.Start, used.Length), null, used.Id, channel.Path, near);
            }
        }

        return string.Join("/", levels.Select(l => l.Text(parameters)));
    }

    /// <summary>Adds the parameters of an address. One that is not declared may be any level.</summary>
    private void AddParameters(AddressParser parser, JsonObject? declared, JsonNode channel, List<TopicParameter> parameters)
    {
        foreach (AddressParameter used in parser.Parameters)
        {
            string id = CodeName.Fit(CodeName.Camel(used.Id));
            id = id.Length == 0 ? "parameter" : ReservedNames.Free(id, n => ReservedNames.IsParameter(n, context.Name));
            string own = id;
            for (int number = 2; parameters.Any(p => p.Id == own); number++)
            {
                own = id + number.ToString(CultureInfo.InvariantCulture);
            }

            // A variable of the server and a parameter of the channel may have the same name.
            string name = used.Id;
            for (int number = 2; parameters.Any(p => p.Name == name) || (number > 2 && _written.Contains(name)); number++)
            {
                name = used.Id + number.ToString(CultureInfo.InvariantCulture);
            }

            JsonNode? entry = declared?[used.Id];
            JsonObject? parameter = context.Object(entry);
            _parameters[own] = entry ?? channel;
            parameters.Add(parameter is null
                ? new TopicParameter(own, name, "", StringRule.None)
                : Read(parameter) with { Id = own, Name = name });
        }
    }

    /// <summary>What a parameter says; many channels may refer to the same one.</summary>
    private TopicParameter Read(JsonObject parameter)
    {
        if (!_read.TryGetValue(parameter, out TopicParameter? read))
        {
            StringRule rule = Rule(parameter) ?? StringRule.None;
            read = new TopicParameter("", "", ParameterDescription(parameter), rule, Default(parameter, rule));
            _read.Add(parameter, read);
        }

        return read;
    }

    private string ParameterDescription(JsonObject parameter)
    {
        List<string> sentences = new() { context.Description(parameter) };
        if (context.String(parameter, "default") is { } value)
        {
            sentences.Add("The default is `" + SpecContext.Line(value) + "`.");
        }

        List<JsonString> examples = (
            context.Expect<JsonArray>(parameter["examples"], "an array of strings")?.Items ?? Array.Empty<JsonNode>())
            .Select(e => context.Expect<JsonString>(e, "a string")).OfType<JsonString>().ToList();
        if (examples.Count > 0)
        {
            sentences.Add("For example " + string.Join(", ", examples.Select(e => "`" + SpecContext.Line(e) + "`")) + ".");
        }

        return string.Join(" ", sentences.Where(s => s.Length > 0));
    }

    /// <summary>The default, once it is known to be a value that the parameter may have.</summary>
    private string? Default(JsonObject parameter, StringRule rule)
    {
        if (context.String(parameter, "default") is not { } preset)
        {
            return null;
        }

        if (preset.Value.Length == 0 || preset.Value.IndexOfAny(NoLevel) >= 0)
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidValue, preset, preset.Path, preset.ToJson(), "write one level of a topic, without / + #");
            return null;
        }

        if (rule.IsClosed && !rule.AlsoAllowed.Contains(preset.Value))
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidValue, preset, preset.Path, "'" + preset.Value + "'",
                "write one of the values that 'enum' lists");
            return null;
        }

        return DefaultParser.Fits(rule, preset.Value) ? preset.Value : ReportDefault(preset, rule);
    }

    private string? ReportDefault(JsonString preset, StringRule rule)
    {
        context.Bag.ReportValue(
            DiagnosticDescriptors.InvalidValue, preset, preset.Path, preset.ToJson(), "it must be " + RuleText.Text(rule).Replace("`", ""));
        return null;
    }

    /// <summary>What a parameter's value must satisfy: its <c>enum</c>, or the schema that the extension <c>x-schema</c> gives.</summary>
    private StringRule? Rule(JsonObject parameter)
    {
        context.CheckMembers(parameter, "a parameter", KnownParameter);
        JsonNode? schema = parameter["x-schema"];
        StringRule? rule = schema is null ? StringRule.None : rules.ParseSchema(schema);
        if (parameter["enum"] is not { } listed)
        {
            return rule;
        }

        if (schema is not null)
        {
            context.Bag.ReportName(DiagnosticDescriptors.NoEffect, schema, schema.Path, "a parameter that has an 'enum'");
        }

        if (rules.ParseValues(listed) is not { } values)
        {
            return null;
        }

        return StringRule.None with { AlsoAllowed = new EquatableArray<string>(values), IsClosed = true };
    }

    /// <summary>
    /// The index of an earlier channel with the same topics, or -1: only the names of their parameters may differ.
    /// </summary>
    private int FindSame(List<TopicLevel> levels, List<TopicParameter> parameters)
    {
        if (levels.Count == 0)
        {
            return -1;
        }

        string shape = string.Join("/", levels.Select(l => l.Shape));
        if (!_addresses.TryGetValue(shape, out List<int>? others))
        {
            _addresses.Add(shape, others = new List<int>());
        }

        foreach (int other in others)
        {
            if (_models[other].Parameters.Select(p => p.Rule).SequenceEqual(parameters.Select(p => p.Rule)))
            {
                return other;
            }
        }

        others.Add(_models.Count);
        return -1;
    }
}
