using System;
using System.Linq;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EdgeJobs.Generators.Parse;

/// <summary>A spec file of the project, and what the project says about it.</summary>
internal sealed record SpecFile(AdditionalText File, SpecOptions Options)
{
    /// <summary>The names of a spec; others may stand before them with a dot.</summary>
    private static readonly string[] Names =
    {
        "topics.json", "topics.yaml", "topics.yml", "asyncapi.json", "asyncapi.yaml", "asyncapi.yml",
    };

    private const string DefaultNamespace = "EdgeJobs.Generated";

    /// <summary>
    /// True for a file called <c>topics</c>, <c>*.topics</c>, <c>asyncapi</c> or <c>*.asyncapi</c> with the extension <c>.json</c>,
    /// <c>.yaml</c> or <c>.yml</c>, and for one whose AdditionalFiles item has the metadata <c>EdgeJobsSpec</c> = true; never for one
    /// that has it as false.
    /// </summary>
    public static bool IsSpec(AdditionalText file, AnalyzerConfigOptionsProvider options)
    {
        if (options.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles.EdgeJobsSpec", out string? chosen)
            && bool.TryParse(chosen, out bool isSpec))
        {
            return isSpec;
        }

        string name = FilePath.NameOf(file.Path);
        return Names.Any(n => name.EndsWith(n, StringComparison.OrdinalIgnoreCase)
            && (name.Length == n.Length || name[name.Length - n.Length - 1] == '.'));
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
            bool.TryParse(Metadata("Strict"), out bool strict) && strict,
            bool.TryParse(Metadata("Client"), out bool client) && client));

        string Metadata(string member) => Option(item, "build_metadata.AdditionalFiles." + member);
    }

    private static string Option(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue(name, out string? value) ? value.Trim() : "";
}
