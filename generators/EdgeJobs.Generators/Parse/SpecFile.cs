using System;
using System.Threading;
using EdgeJobs.Generators.Names;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Parse;

/// <summary>A spec file of the project, and what the project says about it.</summary>
internal sealed record SpecFile(AdditionalText File, SpecOptions Options)
{
    private const string FileName = "topics.json";
    private const string DefaultNamespace = "EdgeJobs.Generated";

    /// <summary>
    /// True for a file called <c>topics.json</c> or <c>*.topics.json</c>, and for one whose AdditionalFiles item has the
    /// metadata <c>EdgeJobsSpec</c> = true; never for one that has it as false.
    /// </summary>
    public static bool IsSpec(AdditionalText file, AnalyzerConfigOptionsProvider options)
    {
        if (options.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles.EdgeJobsSpec", out string? chosen)
            && bool.TryParse(chosen, out bool isSpec))
        {
            return isSpec;
        }

        string name = NameOf(file.Path);
        return name.Equals(FileName, StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("." + FileName, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The spec file with the metadata of its item. Its namespace is by default the project's root namespace.</summary>
    public static SpecFile Create(AdditionalText file, AnalyzerConfigOptionsProvider options)
    {
        AnalyzerConfigOptions item = options.GetOptions(file);
        string chosen = Metadata("Namespace");
        string name = CodeName.Namespace(chosen.Length > 0 ? chosen : Option(options.GlobalOptions, "build_property.RootNamespace"));
        return new SpecFile(file, new SpecOptions(
            name.Length > 0 ? name : DefaultNamespace,
            CodeName.Pascal(Metadata("TypePrefix")),
            Metadata("Role").Equals(nameof(SpecRole.Peer), StringComparison.OrdinalIgnoreCase) ? SpecRole.Peer : SpecRole.Application,
            bool.TryParse(Metadata("Strict"), out bool strict) && strict));

        string Metadata(string member) => Option(item, "build_metadata.AdditionalFiles." + member);
    }

    /// <summary>Reads the file. A file that can't be read counts as empty, which is reported.</summary>
    public SpecResult Parse(CancellationToken cancellation) =>
        SpecParser.Parse(File.Path, File.GetText(cancellation) ?? SourceText.From(""), Options, cancellation);

    /// <summary>The last part of a path, of any operating system.</summary>
    public static string NameOf(string path) => path.Substring(Math.Max(path.LastIndexOf('/'), path.LastIndexOf('\\')) + 1);

    private static string Option(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue(name, out string? value) ? value.Trim() : "";
}
