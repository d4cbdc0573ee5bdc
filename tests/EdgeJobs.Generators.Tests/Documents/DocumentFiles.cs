using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>An AsyncAPI document of a test.</summary>
/// <param name="Name">A name, unique among the documents that are compiled together.</param>
/// <param name="Main">The path of the document itself.</param>
/// <param name="Files">All its files.</param>
internal sealed record DocumentFiles(string Name, string Main, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The C# namespace of the generated code.</summary>
    public string Namespace { get; } = "Documents." + string.Concat(
        Name.Split('-', '.').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>The diagnostics that are expected, in the order of the document: an omission for each thing that can't be expressed.</summary>
    public string[] Expected { get; private init; } = [];

    /// <summary>
    /// The documents of the folder <c>Corpus</c>. A folder in it is one document in several files. A file <c>NAME.expected</c> lists the
    /// diagnostics of a document, after lines with <c>#</c> that say why they are right. <c>NAME.pending</c> says why a document is not
    /// tested yet.
    /// </summary>
    public static IReadOnlyList<DocumentFiles> Corpus()
    {
        string folder = Repository.PathOf("tests/EdgeJobs.Generators.Tests/Corpus");
        return
        [
            .. Directory.GetFileSystemEntries(folder)
                .Where(entry => Path.GetExtension(entry) is not (".expected" or ".pending") && !File.Exists(Path.ChangeExtension(entry, ".pending")))
                .Order(StringComparer.Ordinal)
                .Select(entry => Directory.Exists(entry) ? OfFolder(entry) : Of(entry, entry, [entry])),
        ];
    }

    private static DocumentFiles OfFolder(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        return Of(folder, files.Single(file => Path.GetFileNameWithoutExtension(file) == "asyncapi"), files);
    }

    private static DocumentFiles Of(string entry, string main, string[] files)
    {
        string sidecar = Path.ChangeExtension(entry, ".expected");
        return new DocumentFiles(Path.GetFileNameWithoutExtension(entry), main, files.ToDictionary(file => file, File.ReadAllText))
        {
            Expected = File.Exists(sidecar) ? [.. File.ReadLines(sidecar).Where(line => !line.StartsWith('#'))] : [],
        };
    }
}
