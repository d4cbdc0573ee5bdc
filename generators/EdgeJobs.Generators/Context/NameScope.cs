using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Context;

/// <summary>A set of C# names that must differ.</summary>
/// <param name="context">The shared state.</param>
/// <param name="chooser">The member of the spec that chooses another name.</param>
/// <param name="ignoreCase">Names that differ in case only collide too: those that become file names.</param>
internal sealed class NameScope(SpecContext context, string chooser, bool ignoreCase = false)
{
    private readonly Dictionary<string, JsonNode> _taken = new(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>Takes a name, or reports that it is taken or invalid.</summary>
    /// <param name="name">The C# name; empty if there is none.</param>
    /// <param name="node">The element that gets the name.</param>
    public bool TryTake(string name, JsonNode node) => TryTake(name, node, CodeName.MaxBytes);

    /// <summary>As <see cref="TryTake(string, JsonNode)"/>, for a name that is made from others, each of which is short enough.</summary>
    public bool TryTakeDerived(string name, JsonNode node) => TryTake(name, node, int.MaxValue);

    private bool TryTake(string name, JsonNode node, int maxBytes)
    {
        if (name.Length == 0)
        {
            context.Bag.ReportName(DiagnosticDescriptors.UnusableName, node, Show(node), name, "which has no letter or digit", chooser);
            return false;
        }

        if (Encoding.UTF8.GetByteCount(name) > maxBytes)
        {
            string limit = maxBytes.ToString(CultureInfo.InvariantCulture);
            context.Bag.ReportName(
                DiagnosticDescriptors.UnusableName, node, Show(node), name, "which is longer than " + limit + " bytes", chooser);
            return false;
        }

        // Names that differ only in the encoding of accents are equal.
        string key = name.Normalize();
        if (_taken.TryGetValue(key, out JsonNode? other))
        {
            if (other != node)
            {
                context.Bag.Report(
                    DiagnosticDescriptors.DuplicateName, node.NameSpan, other.NameSpan, Show(node), Show(other),
                    other.NameSpan.Line, name, chooser);
                return false;
            }

            return true;
        }

        _taken.Add(key, node);
        return true;
    }

    /// <summary>Takes a name, or reports that it is taken, invalid or reserved.</summary>
    /// <param name="name">The C# name; empty if there is none.</param>
    /// <param name="node">The element that gets the name.</param>
    /// <param name="isReserved">True for a name that generated code uses itself.</param>
    public void Take(string name, JsonNode node, Func<string, string, bool> isReserved)
    {
        if (TryTake(name, node) && isReserved(name, context.Name))
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UnusableName, node, Show(node), name, "which the generated code uses itself", chooser);
        }
    }

    /// <summary>The path of the element that gets the name; a listed value says more than its index.</summary>
    private static string Show(JsonNode node) => node is JsonString listed ? listed.Value : node.Path;
}
