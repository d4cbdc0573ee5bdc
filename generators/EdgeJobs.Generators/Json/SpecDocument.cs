using System;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <summary>A file of a spec: the AsyncAPI document itself, or a file that it refers to.</summary>
internal sealed class SpecDocument
{
    private SpecDocument(string path, SourceText text, string name)
    {
        Path = path;
        Text = text;
        Name = name;
    }

    public string Path { get; }

    public SourceText Text { get; }

    /// <summary>The text before the <c>#</c> in paths of its values: empty for the spec itself.</summary>
    public string Name { get; }

    /// <summary>True for a name that ends in <c>.yaml</c> or <c>.yml</c>; all others are JSON.</summary>
    public bool IsYaml => FilePath.IsYaml(Path);

    /// <summary>The content, or null when it is faulty.</summary>
    public JsonNode? Root { get; private set; }

    /// <summary>Why there is no content.</summary>
    public DocumentFault? Fault { get; private set; }

    /// <summary>Reads the spec itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What it holds.</param>
    /// <param name="onDuplicate">Called with the places of two members of one object that have the same name.</param>
    public static SpecDocument ReadSpec(string path, SourceText text, Action<JsonNode, Place, Place> onDuplicate)
    {
        SpecDocument document = new(path, text, "");
        document.Read(onDuplicate);
        return document;
    }

    /// <summary>As <see cref="ReadSpec"/>, for a file that a spec refers to. Its root has the name of the file as its key.</summary>
    public static SpecDocument ReadOther(string path, SourceText text, Action<JsonNode, Place, Place> onDuplicate)
    {
        SpecDocument document = new(path, text, FilePath.NameOf(path));
        document.Read(onDuplicate);
        if (document.Root is { } root)
        {
            root.Key = FilePath.StemOf(path);
        }

        return document;
    }

    private void Read(Action<JsonNode, Place, Place> onDuplicate)
    {
        string text = Text.ToString();
        Root = IsYaml ? ReadYaml(text, OnDuplicate, out DocumentFault? fault) : JsonScanner.Parse(text, OnDuplicate, out fault);
        Fault = fault is not null && !IsYaml && LooksLikeYaml(text)
            ? fault with { What = fault.What + "; if the file is YAML, its name must end in .yaml or .yml" }
            : fault;
        if (Root is { } root)
        {
            root.Document = this;
        }

        void OnDuplicate(JsonNode first, TextSpan second) => onDuplicate(
            first, new Place(this, first.KeySpan ?? default), new Place(this, second));
    }

    /// <summary>Not inlined, because JSON must not load the library.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static JsonNode? ReadYaml(string text, Action<JsonNode, TextSpan> onDuplicate, out DocumentFault? fault) =>
        YamlReader.Parse(text, onDuplicate, out fault);

    /// <summary>True for a text that begins with a comment, a document mark, or a name and a colon.</summary>
    private static bool LooksLikeYaml(string text)
    {
        string start = text.TrimStart();
        int word = start.TakeWhile(char.IsLetterOrDigit).Count();
        return start.StartsWith("---", StringComparison.Ordinal)
            || start.StartsWith("#", StringComparison.Ordinal)
            || (word > 0 && word < start.Length && start[word] == ':');
    }
}

/// <summary>Why a text is not JSON or YAML, and where.</summary>
internal sealed record DocumentFault(string What, TextSpan Span);
