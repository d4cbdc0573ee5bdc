using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Parse;
using EdgeJobs.Reference;
using Microsoft.CodeAnalysis.Text;

// dotnet run --project generators/EdgeJobs.Reference -- SPEC [OUTPUT] [--namespace NAMESPACE]
const string Usage = "usage: EdgeJobs.Reference SPEC [OUTPUT] [--namespace NAMESPACE]\nWrites the reference page of an AsyncAPI 3 file; "
    + "to stdout without OUTPUT.";
List<string> files = [];
string targetNamespace = "";
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--namespace" && i + 1 < args.Length)
    {
        targetNamespace = args[++i];
    }
    else if (args[i].StartsWith('-') || files.Count == 2)
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
    else
    {
        files.Add(args[i]);
    }
}

if (files.Count == 0)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

try
{
    SourceFile spec = Read(files[0]);
    List<SourceFile> others = [];
    for (int i = -1; i < others.Count; i++)
    {
        SourceFile file = i < 0 ? spec : others[i];
        others.AddRange(FileReferences.Of(file.Path, file.Text)
            .Where(path => path != spec.Path && others.All(o => o.Path != path) && File.Exists(path)).Select(Read));
    }

    SpecResult result = SpecParser.Parse(spec, others, new SpecOptions(targetNamespace));
    foreach (SpecDiagnostic diagnostic in result.Diagnostics)
    {
        Console.Error.WriteLine(diagnostic.ToDiagnostic().ToString());
    }

    if (result.Model is null)
    {
        return 1;
    }

    string page = ReferencePage.Write(result.Model, Path.GetFileName(files[0]));
    if (files.Count == 1)
    {
        Console.Write(page);
    }
    else if (File.Exists(files[1]) && File.ReadAllText(files[1]) == page)
    {
        Console.WriteLine(files[1] + " is current");
    }
    else
    {
        File.WriteAllText(files[1], page);
        Console.WriteLine(files[1] + " is written");
    }

    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine("error: " + e.Message);
    return 1;
}

static SourceFile Read(string path) => new(FilePath.Normalize(path), SourceText.From(File.ReadAllText(path)));
