using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Parse;

/// <summary>
/// Reads the address of a channel: an MQTT topic name whose levels may hold one parameter in braces each. Every fault is
/// reported at its character.
/// </summary>
internal sealed class AddressParser(SpecContext context, JsonString address)
{
    private static readonly char[] Braces = { '{', '}' };

    private readonly List<TopicLevel> _levels = new();
    private readonly List<AddressParameter> _parameters = new();
    private bool _failed;

    /// <summary>The levels; those of a faulty address mean nothing.</summary>
    public IReadOnlyList<TopicLevel> Levels => _levels;

    /// <summary>The parameters in the order of the address.</summary>
    public IReadOnlyList<AddressParameter> Parameters => _parameters;

    /// <summary>Reads the address.</summary>
    /// <returns>False when it is faulty.</returns>
    public bool Parse()
    {
        string text = address.Value;
        if (text.Length == 0)
        {
            Report(0, 0, "is empty: write a topic such as 'things/{thingName}/state'");
            return false;
        }

        int start = 0;
        foreach (string level in text.Split('/'))
        {
            ParseLevel(level, start);
            start += level.Length + 1;
        }

        return !_failed;
    }

    private void ParseLevel(string level, int start)
    {
        if (level.Length == 0)
        {
            // The slash that makes the level empty: the one after it, or at the end the one before it.
            int slash = start < address.Value.Length ? start : start - 1;
            Report(slash, 1, "has an empty level: remove the '/'");
            return;
        }

        for (int i = 0; i < level.Length; i++)
        {
            if (level[i] is '+' or '#')
            {
                Report(start + i, 1, "has the wildcard '" + level[i] + "': write a parameter in braces, or the exact text");
            }
            else if (char.IsControl(level[i]))
            {
                Report(start + i, 1, "has a control character, which a topic must not contain: remove it");
            }
        }

        int open = level.IndexOf('{');
        int close = level.IndexOf('}');
        if (open < 0 && close < 0)
        {
            _levels.Add(new TopicLevel(level, -1, ""));
            return;
        }

        if (open < 0 || (close >= 0 && close < open))
        {
            Report(start + close, 1, "has a '}' without '{' in the same level: remove it, or write '{name}'");
            return;
        }

        if (close < 0 || level.IndexOf('{', open + 1) is var inner && inner >= 0 && inner < close)
        {
            Report(start + open, 1, "has a '{' without '}' in the same level: write '{name}'");
            return;
        }

        if (close == open + 1)
        {
            Report(start + open, 2, "has a parameter without a name: write '{name}'");
            return;
        }

        string suffix = level.Substring(close + 1);
        int more = suffix.IndexOfAny(Braces);
        if (more >= 0)
        {
            string what = suffix[more] == '{'
                ? "has two parameters in one level: put a '/' between them"
                : "has a '}' without '{': remove it";
            Report(start + close + 1 + more, 1, what);
            return;
        }

        string id = level.Substring(open + 1, close - open - 1);
        if (_parameters.Any(p => p.Id == id))
        {
            Report(start + open, id.Length + 2, "uses the parameter '{" + id + "}' twice: give each its own name");
            return;
        }

        _parameters.Add(new AddressParameter(id, start + open, close - open + 1));
        _levels.Add(new TopicLevel(level.Substring(0, open), _parameters.Count - 1, suffix));
    }

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
internal sealed record AddressParameter(string Id, int Start, int Length);
