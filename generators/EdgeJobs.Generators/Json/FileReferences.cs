using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <summary>Finds the files that a file refers to.</summary>
internal static class FileReferences
{
    private const string Keyword = "$ref";

    /// <summary>The paths of the files, which may exist or not; none for a file that is faulty.</summary>
    public static IReadOnlyList<string> Of(string path, SourceText text)
    {
        List<string> found = new();
        if (MayHaveOne(text.ToString()) && SpecDocument.ReadSpec(path, text, (_, _, _) => { }).Root is { } root)
        {
            Add(root, path, found);
        }

        return found;
    }

    /// <summary>The parts of a reference before and after <c>#</c>; the fragment is null if there is no <c>#</c>.</summary>
    public static (string File, string? Fragment) Split(string reference)
    {
        int hash = reference.IndexOf('#');
        return hash < 0
            ? (Uri.UnescapeDataString(reference), null)
            : (Uri.UnescapeDataString(reference.Substring(0, hash)), reference.Substring(hash + 1));
    }

    /// <summary>True for a reference that begins with a scheme, such as <c>https:</c>; one letter is the drive of a path.</summary>
    public static bool IsUrl(string reference)
    {
        int colon = reference.IndexOf(':');
        return colon > 1 && reference.IndexOf('/', 0, colon) < 0 && reference.IndexOf('#', 0, colon) < 0;
    }

    /// <summary>
    /// False if every <c>$ref</c> of a text stays in the file, which is true for most files. It decides this without reading the
    /// file as JSON or YAML, and in doubt returns true.
    /// </summary>
    private static bool MayHaveOne(string text)
    {
        // In quotes $ can be an escape.
        if (text.IndexOf("\\u0024", StringComparison.Ordinal) >= 0 || text.IndexOf("\\x24", StringComparison.Ordinal) >= 0)
        {
            return true;
        }

        for (int at = text.IndexOf(Keyword, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Keyword, at, StringComparison.Ordinal))
        {
            at = Skip(text, at + Keyword.Length, "\"' \t\r\n");
            if (at < text.Length && text[at] == ':')
            {
                at = Skip(text, at + 1, "\"' \t\r\n");
            }

            if (at == text.Length || text[at] != '#')
            {
                return true;
            }
        }

        return false;
    }

    private static int Skip(string text, int at, string skipped)
    {
        while (at < text.Length && skipped.IndexOf(text[at]) >= 0)
        {
            at++;
        }

        return at;
    }

    private static void Add(JsonNode node, string path, List<string> found)
    {
        IReadOnlyList<JsonNode> children = node is JsonObject { Members: var members } ? members
            : node is JsonArray { Items: var items } ? items
            : Array.Empty<JsonNode>();
        foreach (JsonNode child in children)
        {
            if (child is JsonString { Key: Keyword, Value: var reference }
                && !IsUrl(reference)
                && Split(reference).File is { Length: > 0 } file
                && FilePath.Resolve(path, file) is var target
                && !found.Contains(target))
            {
                found.Add(target);
            }

            Add(child, path, found);
        }
    }
}
