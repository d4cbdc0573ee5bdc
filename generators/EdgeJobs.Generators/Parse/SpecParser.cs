using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;
using EdgeJobs.Generators.Schemas;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Parse;

/// <summary>The content of a spec file and its faults.</summary>
/// <param name="Model">Null if there is an error: no code is better than wrong code.</param>
/// <param name="Name">The place of the service's name, for faults between files.</param>
/// <param name="Diagnostics">In the order of the file.</param>
internal sealed record SpecResult(SpecModel? Model, SpecLocation Name, EquatableArray<SpecDiagnostic> Diagnostics)
{
    /// <summary>Removes the client, with an error, if the project can't compile it.</summary>
    /// <param name="hasRunTime">Whether the project references what the client is built on.</param>
    public SpecResult CheckClient(bool hasRunTime)
    {
        if (hasRunTime || Model is not { HasClient: true })
        {
            return this;
        }

        SpecDiagnostic fault = new(
            DiagnosticDescriptors.ClientWithoutRunTime,
            DiagnosticDescriptors.ClientWithoutRunTime.DefaultSeverity,
            Name,
            null,
            new EquatableArray<string>(new[] { Model.Title }));
        return new SpecResult(
            Model with { HasClient = false }, Name, new EquatableArray<SpecDiagnostic>(Diagnostics.Append(fault).ToArray()));
    }
}

/// <summary>Reads an AsyncAPI 3 document. Every fault of the file is reported, not only the first.</summary>
internal static class SpecParser
{
    /// <summary>The name of a service whose title has no letter or digit.</summary>
    private const string NoPrefix = "Api";

    /// <summary>The most bytes of UTF-8 that the name of the service may have: others are made from it.</summary>
    private const int MaxPrefixBytes = CodeName.MaxBytes / 2;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components",
    };

    private static readonly HashSet<string> KnownInfo = new(StringComparer.Ordinal)
    {
        "title", "version", "description", "termsOfService", "contact", "license", "tags", "externalDocs",
    };

    /// <summary>Reads a spec that refers to no other file.</summary>
    /// <param name="path">The file, for diagnostics.</param>
    /// <param name="text">What it holds.</param>
    /// <param name="options">What the project says about it.</param>
    public static SpecResult Parse(string path, SourceText text, SpecOptions options) =>
        Parse(new SourceFile(path, text), Array.Empty<SourceFile>(), options);

    /// <summary>Reads a spec.</summary>
    /// <param name="spec">The file.</param>
    /// <param name="others">The files that it may refer to.</param>
    /// <param name="options">What the project says about it.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static SpecResult Parse(
        SourceFile spec, IReadOnlyList<SourceFile> others, SpecOptions options, CancellationToken cancellation = default)
    {
        DiagnosticBag bag = new(options.IsStrict);
        SpecDocument document = SpecDocument.ReadSpec(spec.Path, spec.Text, bag.ReportDuplicate);
        Place name = new(document, default);
        SpecModel? model = null;
        if (document.Root is not { } content)
        {
            bag.ReportFault(document);
        }
        else if (content is not JsonObject root)
        {
            bag.ReportValue(DiagnosticDescriptors.NotAsyncApi, content, "it must be an object, but is " + content.Kind);
        }
        else if (CheckVersion(root, bag))
        {
            JsonObject? info = root["info"] as JsonObject;
            name = (info?["x-name"] ?? info?["title"] ?? root).ValueSpan;
            model = Parse(new SpecContext(root, new SpecFiles(document, others, bag), bag), options, cancellation);
        }

        return new SpecResult(bag.HasErrors ? null : model, SpecLocation.Of(name), bag.ToArray());
    }

    private static bool CheckVersion(JsonObject root, DiagnosticBag bag)
    {
        const string fix = "write \"asyncapi\": \"3.0.0\" or \"3.1.0\"";
        (JsonNode place, string? what) = root["asyncapi"] switch
        {
            null when (root["openapi"] ?? root["swagger"]) is { } other => (
                other, "it is an OpenAPI document, which describes HTTP; write an AsyncAPI document for the MQTT topics"),
            null => (root, "the member 'asyncapi' is missing; " + fix),
            JsonString version when IsRead(version.Value) => (version, null),
            JsonString old when IsOlder(old.Value) => (
                old,
                "version '" + old.Value + "' is older; convert it with npx @asyncapi/cli convert "
                    + FilePath.NameOf(root.Document.Path) + " --output=NEW_FILE --target-version=3.0.0"),
            JsonString other => (other, "version '" + other.Value + "' is not supported; " + fix),
            { } wrong => (wrong, "'asyncapi' must be a string, but is " + wrong.Kind + "; " + fix),
        };
        if (what is not null)
        {
            bag.ReportValue(DiagnosticDescriptors.NotAsyncApi, place, what);
        }

        return what is null;
    }

    private static bool IsOlder(string version) =>
        version.StartsWith("1.", StringComparison.Ordinal) || version.StartsWith("2.", StringComparison.Ordinal);

    /// <summary>True for 3.0 and 3.1 with any patch number.</summary>
    private static bool IsRead(string version) =>
        (version.StartsWith("3.0.", StringComparison.Ordinal) || version.StartsWith("3.1.", StringComparison.Ordinal))
        && version.Length > 4
        && version.Skip(4).All(c => c is >= '0' and <= '9');

    private static SpecModel Parse(SpecContext context, SpecOptions options, CancellationToken cancellation)
    {
        JsonObject root = context.Root;
        context.CheckMembers(root, "an AsyncAPI document", Known);
        (string name, string title, string version) = Info(context, options);
        context.Name = name;
        TypeRegistry registry = new(context, name);
        SchemaParser schemas = new(context, registry);
        MessageParser messages = new(context, schemas, registry) { DefaultContentType = root["defaultContentType"] };
        ChannelParser channels = new(context, messages, schemas.Strings);
        if (context.Object(root["channels"]) is { } all)
        {
            channels.Parse(all);
        }

        cancellation.ThrowIfCancellationRequested();
        OperationParser? operationParser = null;
        List<OperationModel> operations = new();
        if (context.Object(root["operations"]) is { } declaredOperations)
        {
            operationParser = new OperationParser(context, channels.Channels, channels.Models, messages, options.Role);
            operations = operationParser.Parse(declaredOperations);
        }

        List<JobOperationModel> jobOperations = new();
        if (context.Object(root["x-jobOperations"]) is { } declaredJobs)
        {
            jobOperations = new JobOperationParser(context, schemas).Parse(declaredJobs);
        }

        channels.CheckNames(operations, context.Root["operations"] as JsonObject);
        cancellation.ThrowIfCancellationRequested();
        new ObjectParser(context, schemas, registry).ParseAll();
        registry.ApplyAlternatives();
        registry.ApplyCorrelations();
        registry.ApplyMessageSets();
        operations = operationParser?.Resolve(registry.Types) ?? operations;
        registry.RenameAlternatives();
        registry.RenameMembers();
        registry.ApplyDescriptions();
        if (context.Root["x-jobOperations"] is JsonObject jobs)
        {
            new JobOperationParser(context, schemas).CheckNames(jobs, registry.Types);
        }

        new RecursionCheck(registry).Run();
        return new SpecModel(
            name,
            options.Namespace,
            title,
            version,
            new EquatableArray<ChannelModel>(channels.Models),
            new EquatableArray<OperationModel>(operations),
            new EquatableArray<JobOperationModel>(jobOperations),
            new EquatableArray<TypeModel>(registry.Types.Values.OrderBy(t => t.Name, StringComparer.Ordinal).ToArray()),
            options.HasClient);
    }

    private static (string Name, string Title, string Version) Info(SpecContext context, SpecOptions options)
    {
        if (context.Require(context.Root, "info", "add an object with 'title' and 'version'") is not { } entry
            || context.Object(entry) is not { } info)
        {
            return ("", "", "");
        }

        context.CheckMembers(info, "'info'", KnownInfo);
        JsonString? title = context.RequiredString(info, "title", "write the name of the service");
        JsonString? version = context.RequiredString(info, "version", "write the version of the document, such as \"1.0.0\"");
        if (options.TypePrefix.Length > 0)
        {
            string prefix = CodeName.Fit(options.TypePrefix, MaxPrefixBytes);
            return (ReservedNames.IsService(prefix) ? prefix + NoPrefix : prefix, SpecContext.Line(title), SpecContext.Line(version));
        }

        string? name = info["x-name"] is { } chosen ? context.ChosenName(chosen) : null;
        if (name is not null && Encoding.UTF8.GetByteCount(name) > MaxPrefixBytes)
        {
            string limit = MaxPrefixBytes.ToString(CultureInfo.InvariantCulture);
            context.Bag.ReportValue(
                DiagnosticDescriptors.UnusableName, info["x-name"]!, info["x-name"]!.Path, name, "which is longer than " + limit + " bytes",
                "x-name");
        }

        name ??= CodeName.Fit(CodeName.OfTitle(title?.Value ?? ""), MaxPrefixBytes);
        name = ReservedNames.IsService(name) ? name + NoPrefix : name.Length > 0 ? name : NoPrefix;
        return (name, SpecContext.Line(title), SpecContext.Line(version));
    }
}
