using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Context;

/// <summary>
/// Resolves a <c>$ref</c>: the path of a file, relative to the one with the reference, and a JSON pointer (RFC 6901) after <c>#</c>.
/// Both may be absent.
/// </summary>
internal sealed class ReferenceResolver(SpecFiles files, DiagnosticBag bag)
{
    private readonly Dictionary<JsonString, JsonNode?> _targets = new();
    private readonly HashSet<JsonString> _finding = new();
    private readonly HashSet<JsonNode> _unknown = new();
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    /// <summary>A value after every reference is followed; null if that fails or its file is not given (which is reported).</summary>
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
            if (Target(reference) is not { } target || _unknown.Contains(target))
            {
                return null;
            }

            node = target;
        }

        return node;
    }

    /// <summary>
    /// The target of one reference, without following further references; null if that fails (which is reported). What is in a file
    /// that is not given (which is reported) is an empty object: as a schema, anything.
    /// </summary>
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
        JsonNode place = holders.Select(h => ((JsonObject)h)["$ref"]).OfType<JsonString>()
            .OrderBy(r => r.Document.Name, StringComparer.Ordinal).ThenBy(r => r.Span.Start).First();
        bag.ReportValue(DiagnosticDescriptors.CircularReference, place, place.Parent!.Path, ((JsonString)place).Value);
    }

    private JsonNode? Find(JsonString reference)
    {
        string text = reference.Value;
        (string file, string? fragment) = FileReferences.Split(text);
        SpecDocument? document = file.Length == 0 ? reference.Document
            : FileReferences.IsUrl(text) ? null
            : files.Find(FilePath.Resolve(reference.Document.Path, file));
        if (document is null)
        {
            return Unknown(reference, file);
        }

        string pointer = Uri.UnescapeDataString(fragment ?? "");
        if (text.Length == 0 || (pointer.Length > 0 && pointer[0] != '/'))
        {
            ReportMissing(reference, document, "a reference is '#/' and names, or a file, or a file with '#/' and names");
            return null;
        }

        if (document.Root is not { } node)
        {
            return null;
        }

        if (pointer.Length == 0 && (node as JsonObject)?["asyncapi"] is not null)
        {
            bag.ReportValue(
                DiagnosticDescriptors.WrongTarget, reference, Holder(reference), text, "a part of the document, but all of it",
                "write '#/' and the names that lead to the part");
            return null;
        }

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
                ReportMissing(reference, document, fix);
                return null;
            }

            node = next;
        }

        return node;
    }

    /// <summary>Reports a file that is not given, once, and stands in for its content.</summary>
    private JsonObject Unknown(JsonString reference, string file)
    {
        bool isUrl = FileReferences.IsUrl(reference.Value);
        if (_missing.Add(isUrl ? file : FilePath.Resolve(reference.Document.Path, file)))
        {
            string fix = isUrl
                ? "download it into a file, add the file as <AdditionalFiles Include=\"...\" /> and refer to it"
                : "add <AdditionalFiles Include=\"" + file + "\" /> to the project";
            bag.ReportValue(DiagnosticDescriptors.ForeignReference, reference, Holder(reference), file, fix);
        }

        JsonNode holder = reference.Parent ?? reference;
        JsonObject unknown = new(holder.Span.Span, new JsonMembers())
        {
            Parent = holder.Parent,
            Key = holder.Key,
            KeySpan = holder.KeySpan,
            Document = reference.Document,
        };
        _unknown.Add(unknown);
        return unknown;
    }

    private void ReportMissing(JsonString reference, SpecDocument document, string fix) => bag.ReportValue(
        DiagnosticDescriptors.MissingReference,
        reference,
        Holder(reference),
        reference.Value,
        document == reference.Document ? "this file" : "'" + FilePath.NameOf(document.Path) + "'",
        fix);

    private static JsonNode? Child(JsonNode node, string key) => node switch
    {
        JsonObject o => o[key],
        JsonArray a when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index < a.Items.Count => a.Items[index],
        _ => null,
    };

    private static string Holder(JsonString reference) => reference.Parent?.Path ?? reference.Path;
}
