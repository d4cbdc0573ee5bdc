using System;
using System.Collections.Generic;
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
/// <param name="Index">Its place in <see cref="SpecModel.Channels"/>.</param>
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
    private readonly Dictionary<string, (string Id, JsonString Address)> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode> _parameters = new(StringComparer.Ordinal);
    private readonly List<Channel> _channels = new();
    private readonly List<ChannelModel> _models = new();

    /// <summary>The channels in the order of the document.</summary>
    public IReadOnlyList<Channel> Channels => _channels;

    /// <summary>What the emitter needs of them.</summary>
    public List<ChannelModel> Models => _models;

    public void Parse(JsonObject channels)
    {
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
            methods.TryTakeDerived(name, node);
        }
    }

    private void Parse(JsonNode entry, JsonObject channel)
    {
        context.CheckMembers(channel, "a channel", Known);
        string name = context.NameOf(entry);
        _names.Take(name, entry, ReservedNames.IsChannel);

        List<Message> carried = new();
        foreach (JsonNode message in context.Object(channel["messages"])?.Members ?? Array.Empty<JsonNode>())
        {
            if (messages.Parse(message) is { } parsed)
            {
                carried.Add(parsed);
            }
        }

        JsonObject? declared = context.Object(channel["parameters"]);
        JsonString? address = context.RequiredString(channel, "address", "write the MQTT topic, such as 'things/{thingName}/state'");
        _channels.Add(new Channel(_models.Count, channel, entry, carried));
        IReadOnlyList<TopicLevel> levels = Array.Empty<TopicLevel>();
        List<TopicParameter> parameters = new();
        if (address is not null)
        {
            AddressParser parser = new(context, address);
            if (parser.Parse())
            {
                levels = parser.Levels;
                parameters = Parameters(channel, declared, address, parser);
                CheckUnique(entry, address, levels);
            }
        }

        _models.Add(new ChannelModel(
            entry.Key,
            name,
            address?.Value ?? "",
            context.Description(channel),
            new EquatableArray<TopicLevel>(levels.ToArray()),
            new EquatableArray<TopicParameter>(parameters)));
    }

    private List<TopicParameter> Parameters(JsonObject channel, JsonObject? declared, JsonString address, AddressParser parser)
    {
        List<TopicParameter> result = new();
        NameScope names = new(context, "another key");
        foreach (AddressParameter used in parser.Parameters)
        {
            if (declared?[used.Id] is not { } entry)
            {
                string near = Spelling.Nearest(used.Id, declared?.Members.Select(m => m.Key) ?? Array.Empty<string>()) is { } name
                    ? ", or write '" + name + "', which it has"
                    : "";
                context.Bag.Report(
                    DiagnosticDescriptors.UndeclaredParameter, address.Part(used.Start, used.Length), null, used.Id, channel.Path, near);
                continue;
            }

            string id = CodeName.Camel(used.Id);
            id = id.Length > 0 ? ReservedNames.Free(id, n => ReservedNames.IsParameter(n, context.Name)) : id;
            if (names.TryTake(id, entry) && context.Object(entry) is { } parameter && Rule(parameter) is { } rule)
            {
                _parameters[id] = entry;
                result.Add(new TopicParameter(id, ParameterDescription(parameter), rule, Default(parameter, rule)));
            }
        }

        foreach (JsonNode entry in declared?.Members ?? Array.Empty<JsonNode>())
        {
            if (!parser.Parameters.Any(p => p.Id == entry.Key))
            {
                context.Bag.ReportName(DiagnosticDescriptors.UnusedParameter, entry, entry.Key, address.Value);
            }
        }

        return result;
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

    /// <summary>Two addresses match the same topics when they differ in the names of their parameters only.</summary>
    private void CheckUnique(JsonNode entry, JsonString address, IReadOnlyList<TopicLevel> levels)
    {
        string shape = string.Join("/", levels.Select(l => l.Parameter < 0 ? l.Prefix : l.Prefix + "{}" + l.Suffix));
        if (_addresses.TryGetValue(shape, out (string Id, JsonString Address) first))
        {
            context.Bag.Report(
                DiagnosticDescriptors.DuplicateAddress, address.Span, first.Address.Span, address.Value, first.Id,
                first.Address.Span.Line);
        }
        else
        {
            _addresses.Add(shape, (entry.Key, address));
        }
    }
}
