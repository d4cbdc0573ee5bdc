using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Context;

/// <summary>
/// A set of C# names that must differ. The first element that asks for a name gets it, and the next ones get it with a number, unless
/// the author has chosen it for one of them: that one gets it in any case.
/// </summary>
/// <param name="context">The shared state.</param>
/// <param name="chooser">The member of the spec that chooses another name.</param>
/// <param name="ignoreCase">Names that differ in case only collide too: those that become file names.</param>
internal sealed class NameScope(SpecContext context, string chooser, bool ignoreCase = false)
{
    private readonly Dictionary<string, JsonNode> _taken = new(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    private Dictionary<string, JsonNode>? _chosen;

    /// <summary>Keeps a name that the author has chosen for an element, or reports that it is chosen for another one, too.</summary>
    public void Choose(string name, JsonNode node)
    {
        string key = Key(name);
        _chosen ??= new Dictionary<string, JsonNode>(_taken.Comparer);
        if (!_chosen.TryGetValue(key, out JsonNode? other))
        {
            _chosen.Add(key, node);
        }
        else if (other != node)
        {
            ReportDuplicate(name, node, other);
        }
    }

    /// <summary>Keeps the names that <c>x-name</c> chooses for elements.</summary>
    public void ChooseAll(IEnumerable<JsonNode> nodes)
    {
        foreach (JsonNode node in nodes)
        {
            if ((node as JsonObject)?["x-name"] is { } chosen && context.ChosenName(chosen) is { } name)
            {
                Choose(name, node);
            }
        }
    }

    /// <summary>
    /// Takes a name, or the next free one: <c>Value</c> follows a name that is reserved, and a number one that is taken. One that is
    /// too long is cut, or reported if the author has chosen it.
    /// </summary>
    /// <param name="name">The C# name; empty if there is none.</param>
    /// <param name="node">The element that gets the name.</param>
    /// <param name="isReserved">True for a name that generated code uses itself.</param>
    /// <param name="family">All names that an element with a name needs, or null if it needs only that.</param>
    public string Take(string name, JsonNode node, Func<string, bool>? isReserved = null, Func<string, string[]>? family = null)
    {
        if (!IsChosen(name, node))
        {
            name = CodeName.Fit(name.Length > 0 ? name : CodeName.Spell(node is JsonString listed ? listed.Value : node.Key));
        }
        else if (Encoding.UTF8.GetByteCount(name) > CodeName.MaxBytes)
        {
            string limit = CodeName.MaxBytes.ToString(CultureInfo.InvariantCulture);
            context.Bag.ReportName(
                DiagnosticDescriptors.UnusableName, node, Show(node), name, "which is longer than " + limit + " bytes", chooser);
        }

        name = isReserved is null ? name : ReservedNames.Free(name, isReserved);
        string stem = char.IsDigit(name[name.Length - 1]) ? name + "_" : name;
        string[] names = Family(name, family);
        for (int number = 2; !AreFree(names, node) || (number > 2 && isReserved?.Invoke(name) == true); number++)
        {
            name = stem + number.ToString(CultureInfo.InvariantCulture);
            names = Family(name, family);
        }

        foreach (string member in names)
        {
            _taken[Key(member)] = node;
        }

        return name;
    }

    /// <summary>True if an element has the name.</summary>
    public bool IsTaken(string name) => _taken.ContainsKey(Key(name));

    /// <summary>Takes a name that is made from others and can't change, or reports that it is taken.</summary>
    /// <param name="name">The C# name.</param>
    /// <param name="node">The element that needs it.</param>
    public void TakeFixed(string name, JsonNode node)
    {
        if (!_taken.TryGetValue(Key(name), out JsonNode? other))
        {
            _taken.Add(Key(name), node);
        }
        else if (other != node)
        {
            ReportDuplicate(name, node, other);
        }
    }

    private bool IsChosen(string name, JsonNode node) =>
        name.Length > 0 && _chosen is not null && _chosen.TryGetValue(Key(name), out JsonNode? owner) && owner == node;

    private static string[] Family(string name, Func<string, string[]>? family) => family?.Invoke(name) ?? new[] { name };

    private bool AreFree(string[] names, JsonNode node)
    {
        foreach (string name in names)
        {
            string key = Key(name);
            if ((_taken.TryGetValue(key, out JsonNode? owner) && owner != node)
                || (_chosen is not null && _chosen.TryGetValue(key, out JsonNode? chosen) && chosen != node))
            {
                return false;
            }
        }

        return true;
    }

    private void ReportDuplicate(string name, JsonNode node, JsonNode other) => context.Bag.Report(
        DiagnosticDescriptors.DuplicateName, node.NameSpan, other.NameSpan, Show(node), Show(other), other.NameSpan.Line, name, chooser);

    /// <summary>Names that differ only in the encoding of accents are equal.</summary>
    private static string Key(string name) => name.Normalize();

    /// <summary>The path of the element that gets the name; a listed value says more than its index.</summary>
    private static string Show(JsonNode node) => node is JsonString listed ? listed.Value : node.Path;
}
