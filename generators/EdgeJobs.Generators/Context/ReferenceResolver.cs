using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Context;

/// <summary>Resolves a <c>$ref</c>: a JSON pointer (RFC 6901) in the fragment of a URI without anything before it.</summary>
internal sealed class ReferenceResolver(JsonObject root, DiagnosticBag bag)
{
    private readonly Dictionary<JsonString, JsonNode?> _targets = new();
    private readonly HashSet<JsonString> _finding = new();

    /// <summary>A value after every reference is followed; null if that fails (which is reported).</summary>
    public JsonNode? Follow(JsonNode node)
    {
        List<JsonNode>? path = null;
        HashSet<JsonNode>? seen = null;
        while (node is JsonObject { } holder && holder["$ref"] is { } reference)
        {
            path ??= new List<JsonNode>();
            seen ??= new HashSet<JsonNode>();
            if (!seen.Add(node))
            {
                ReportCircle(path.Skip(path.IndexOf(node)));
                return null;
            }

            path.Add(node);
            if (Target(reference) is not { } target)
            {
                return null;
            }

            node = target;
        }

        return node;
    }

    /// <summary>The target of one reference, without following further references; null if that fails (which is reported).</summary>
    public JsonNode? Target(JsonNode reference)
    {
        if (reference is not JsonString text)
        {
            bag.ReportValue(DiagnosticDescriptors.WrongKind, reference, reference.Path, "a string", reference.Kind);
            return null;
        }

        if (!_targets.TryGetValue(text, out JsonNode? target))
        {
            if (!_finding.Add(text))
            {
                bag.ReportValue(DiagnosticDescriptors.CircularReference, text, Holder(text), text.Value);
                return null;
            }

            target = Find(text);
            _finding.Remove(text);
            _targets.Add(text, target);
        }

        return target;
    }

    /// <summary>Reports a cycle of references, always at the one that comes first in the file.</summary>
    public void ReportCircle(IEnumerable<JsonNode> holders)
    {
        JsonNode place = holders.Select(h => ((JsonObject)h)["$ref"]).OfType<JsonString>().OrderBy(r => r.Span.Start).First();
        bag.ReportValue(DiagnosticDescriptors.CircularReference, place, place.Parent!.Path, ((JsonString)place).Value);
    }

    private JsonNode? Find(JsonString reference)
    {
        string text = reference.Value;
        if (text.Length == 0 || text[0] != '#')
        {
            bag.ReportValue(DiagnosticDescriptors.ForeignReference, reference, Holder(reference), text);
            return null;
        }

        string pointer = Uri.UnescapeDataString(text.Substring(1));
        if (pointer.Length > 0 && pointer[0] != '/')
        {
            bag.ReportValue(DiagnosticDescriptors.MissingReference, reference, Holder(reference), text, "a reference begins with '#/'");
            return null;
        }

        JsonNode node = root;
        foreach (string escaped in pointer.Split('/').Skip(1))
        {
            string key = escaped.Replace("~1", "/").Replace("~0", "~");
            JsonNode? next = Child(node, key);
            if (next is null && node is JsonObject holder && holder["$ref"] is not null)
            {
                // The pointer leads through a reference: continue at its target.
                if (Follow(node) is not { } end)
                {
                    return null;
                }

                node = end;
                next = Child(node, key);
            }

            if (next is null)
            {
                string? near = node is JsonObject parent ? Spelling.Nearest(key, parent.Members.Select(m => m.Key)) : null;
                string fix = near is null ? "add it, or correct the reference" : "did you mean '" + ((JsonObject)node)[near]!.Path + "'?";
                bag.ReportValue(DiagnosticDescriptors.MissingReference, reference, Holder(reference), text, fix);
                return null;
            }

            node = next;
        }

        return node;
    }

    private static JsonNode? Child(JsonNode node, string key) => node switch
    {
        JsonObject o => o[key],
        JsonArray a when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index < a.Items.Count => a.Items[index],
        _ => null,
    };

    private static string Holder(JsonString reference) => reference.Parent?.Path ?? reference.Path;
}
