using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Parse;

/// <summary>
/// Reads the address of a channel: an MQTT topic name whose levels may be empty and may hold parameters in braces. The wildcard
/// <c>+</c> is a parameter without a name. What can't be a topic is reported at its character.
/// </summary>
internal sealed class AddressParser(SpecContext context, JsonString address)
{
    private const string SharedSubscription = "$share/";

    private static readonly char[] Braces = { '{', '}' };

    private readonly List<TopicLevel> _levels = new();
    private readonly List<AddressParameter> _parameters = new();
    private bool _failed;

    /// <summary>The levels; those of a faulty address mean nothing.</summary>
    public IReadOnlyList<TopicLevel> Levels => _levels;

    /// <summary>The parameters in the order of the address.</summary>
    public IReadOnlyList<AddressParameter> Parameters => _parameters;

    /// <summary>Reads the address.</summary>
    /// <param name="prefix">The levels of the server's path before it.</param>
    /// <returns>False if it can't be a topic.</returns>
    public bool Parse(int prefix = 0)
    {
        string text = address.Value;
        if (text.Length == 0)
        {
            Report(0, 0, "is empty");
            return false;
        }

        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            Report(0, scheme + 3, "is a URL: write the part of it that is the topic");
            return false;
        }

        if (prefix == 0 && text.StartsWith(SharedSubscription, StringComparison.Ordinal))
        {
            Report(
                0, SharedSubscription.Length - 1,
                "is a shared subscription, which only subscribers write: write the topic that follows '$share/' and the name of the group");
            return false;
        }

        int start = 0;
        foreach (string level in text.Split('/'))
        {
            ParseLevel(level, start, prefix + _levels.Count + 1);
            start += level.Length + 1;
        }

        return !_failed;
    }

    private void ParseLevel(string level, int start, int number)
    {
        if (level == "+")
        {
            string name = "wildcard" + number.ToString(CultureInfo.InvariantCulture);
            _levels.Add(new TopicLevel("", _parameters.Count, ""));
            _parameters.Add(new AddressParameter(name, start, 1, IsWildcard: true));
            return;
        }

        for (int i = 0; i < level.Length; i++)
        {
            if (level[i] == '#')
            {
                Report(start + i, 1, "has the wildcard '#': write the levels that it stands for, each as '+' or a parameter in braces");
            }
            else if (level[i] == '+')
            {
                Report(start + i, 1, "has the wildcard '+' beside other text: write a parameter in braces");
            }
            else if (char.IsControl(level[i]))
            {
                Report(start + i, 1, "has a control character: remove it");
            }
        }

        List<string> literals = new() { "" };
        List<int> parameters = new();
        for (int i = 0; i < level.Length;)
        {
            if (level[i] is not ('{' or '}'))
            {
                int brace = level.IndexOfAny(Braces, i);
                int end = brace < 0 ? level.Length : brace;
                literals[literals.Count - 1] = level.Substring(i, end - i);
                i = end;
                continue;
            }

            int close = level.IndexOf('}', i);
            int inner = level.IndexOf('{', i + 1);
            if (level[i] == '}')
            {
                Report(start + i, 1, "has a '}' without '{' in the same level: remove it, or write '{name}'");
                return;
            }

            if (close < 0 || (inner >= 0 && inner < close))
            {
                Report(start + i, 1, "has a '{' without '}' in the same level: write '{name}'");
                return;
            }

            string id = level.Substring(i + 1, close - i - 1);
            if (FaultOf(id, isAdjacent: parameters.Count > 0 && literals[literals.Count - 1].Length == 0) is { } fault)
            {
                Report(start + i, close - i + 1, fault);
                return;
            }

            parameters.Add(_parameters.Count);
            _parameters.Add(new AddressParameter(id, start + i, close - i + 1));
            literals.Add("");
            i = close + 1;
        }

        _levels.Add(parameters.Count == 0
            ? new TopicLevel(literals[0], -1, "")
            : new TopicLevel(
                literals[0],
                parameters[0],
                literals[1],
                new EquatableArray<TopicPart>(parameters.Skip(1).Select((p, i) => new TopicPart(p, literals[i + 2])).ToArray())));
    }

    private string? FaultOf(string id, bool isAdjacent) => id switch
    {
        "" => "has a parameter without a name: write '{name}'",
        _ when isAdjacent => "has two parameters without text between them: put a '/' between them",
        _ when _parameters.Any(p => p.Id == id) => "uses the parameter '{" + id + "}' twice: give each its own name",
        _ => null,
    };

    private void Report(int start, int length, string what)
    {
        _failed = true;
        context.Bag.Report(
            DiagnosticDescriptors.InvalidAddress, length == 0 ? address.Span : address.Part(start, length), null, address.Value, what);
    }
}

/// <summary>A parameter in an address.</summary>
/// <param name="Id">Its name, without braces.</param>
/// <param name="Start">Where its brace opens, in characters of the address.</param>
/// <param name="Length">Its length with braces.</param>
/// <param name="IsWildcard">It is written as <c>+</c>.</param>
internal sealed record AddressParameter(string Id, int Start, int Length, bool IsWildcard = false);
