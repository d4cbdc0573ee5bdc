using System;
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

    /// <summary>What stands before the <c>#</c> in paths of its values: empty for the spec itself.</summary>
    public string Name { get; }

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
        Root = JsonScanner.Parse(Text.ToString(), OnDuplicate, out DocumentFault? fault);
        Fault = fault;
        if (Root is { } root)
        {
            root.Document = this;
        }

        void OnDuplicate(JsonNode first, TextSpan second) => onDuplicate(
            first, new Place(this, first.KeySpan ?? default), new Place(this, second));
    }
}

/// <summary>Why a text is not JSON, and where.</summary>
internal sealed record DocumentFault(string What, TextSpan Span);
