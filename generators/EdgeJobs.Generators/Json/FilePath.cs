using System;
using System.Collections.Generic;

namespace EdgeJobs.Generators.Json;

/// <summary>Paths of files, of any operating system. They are text only: nothing asks the file system.</summary>
internal static class FilePath
{
    private static readonly string[] Extensions = { ".json", ".yaml", ".yml", ".schema" };

    /// <summary>The last part of a path.</summary>
    public static string NameOf(string path) => path.Substring(Math.Max(path.LastIndexOf('/'), path.LastIndexOf('\\')) + 1);

    /// <summary>The last part of a path without what says only that it is a schema, JSON or YAML.</summary>
    public static string StemOf(string path)
    {
        string name = NameOf(path);
        while (Array.Find(Extensions, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is { } extension)
        {
            name = name.Substring(0, name.Length - extension.Length);
        }

        return name;
    }

    public static bool IsYaml(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path that a file names in relation to itself; two paths of one file are equal, apart from case.</summary>
    /// <param name="file">The file.</param>
    /// <param name="relative">What it names; an absolute path stays.</param>
    public static string Resolve(string file, string relative) => IsRooted(relative)
        ? Normalize(relative)
        : Normalize(file.Substring(0, file.Length - NameOf(file).Length) + relative);

    /// <summary>A path with <c>/</c> between its parts and without <c>.</c> and <c>..</c>, where that is possible.</summary>
    public static string Normalize(string path)
    {
        List<string> parts = new();
        foreach (string part in path.Replace('\\', '/').Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[parts.Count - 1] is not (".." or ""))
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "." && (part.Length > 0 || parts.Count == 0))
            {
                parts.Add(part);
            }
        }

        return string.Join("/", parts);
    }

    private static bool IsRooted(string path) =>
        path.Length > 0 && (path[0] is '/' or '\\' || (path.Length > 1 && path[1] == ':'));
}
