using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace EdgeJobs.Testing.Architecture;

/// <summary>Reads from a portable PDB in which folder of its project each method, and each type without code, is declared.</summary>
internal static class SourceFolders
{
    /// <summary>Roslyn's record of the source files of a type that has no code.</summary>
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>The folders by metadata token; none for generated code.</summary>
    /// <param name="pdb">The portable PDB.</param>
    /// <param name="project">The project's folder in the repository, such as "src/EdgeJobs.Client".</param>
    public static ILookup<int, string> Read(string pdb, string project)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(pdb));
        var reader = provider.GetMetadataReader();
        var methods = reader.MethodDebugInformation.SelectMany(handle => reader.GetMethodDebugInformation(handle).GetSequencePoints()
            .Where(point => !point.Document.IsNil)
            .Select(point => (Token: MetadataTokens.GetToken(handle.ToDefinitionHandle()), point.Document)));
        var types = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Where(information => reader.GetGuid(information.Kind) == TypeDefinitionDocuments)
            .SelectMany(information => Documents(reader, information.Value)
                .Select(document => (Token: MetadataTokens.GetToken(information.Parent), Document: document)));
        string? Folder(DocumentHandle document) => FolderOf(reader.GetString(reader.GetDocument(document).Name), "/" + project + "/");
        return methods.Concat(types).Distinct()
            .Select(entry => (entry.Token, Folder: Folder(entry.Document)))
            .Where(entry => entry.Folder is not null)
            .ToLookup(entry => entry.Token, entry => entry.Folder!);
    }

    private static List<DocumentHandle> Documents(MetadataReader reader, BlobHandle value)
    {
        var documents = new List<DocumentHandle>();
        for (var blob = reader.GetBlobReader(value); blob.RemainingBytes > 0;)
        {
            documents.Add(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
        }

        return documents;
    }

    private static string? FolderOf(string file, string project)
    {
        var start = file.LastIndexOf(project, StringComparison.Ordinal);
        var path = start < 0 ? "" : file[(start + project.Length)..];
        return path.Length == 0 || path.StartsWith("obj/", StringComparison.Ordinal) || path.EndsWith(".g.cs", StringComparison.Ordinal)
            ? null
            : path[..Math.Max(0, path.LastIndexOf('/'))];
    }
}
