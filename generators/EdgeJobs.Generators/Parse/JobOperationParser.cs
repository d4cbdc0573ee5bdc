using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;
using EdgeJobs.Generators.Schemas;

namespace EdgeJobs.Generators.Parse;

/// <summary>
/// Reads <c>x-jobOperations</c>: the operations that a job document can request. AsyncAPI has no job documents, which travel
/// inside messages, so their section is an extension.
/// </summary>
internal sealed class JobOperationParser(SpecContext context, SchemaParser schemas)
{
    private const string DefaultMember = "operation";
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal) { "description", "document", "match" };
    private static readonly HashSet<string> KnownMatch = new(StringComparer.Ordinal) { "member", "value" };
    private readonly NameScope _names = new(context, "x-name");
    private readonly HashSet<string> _documents = new(StringComparer.Ordinal);
    private readonly HashSet<(string Member, string Value)> _matches = new();

    /// <summary>The job operations in the order of the document. Those that are faulty are left out.</summary>
    public List<JobOperationModel> Parse(JsonObject operations) => context.Objects(operations, Parse);

    /// <summary>
    /// Reports job operations whose names the class of job operations needs for the shapes of types, once these are known.
    /// </summary>
    public void CheckNames(JsonObject operations, IReadOnlyDictionary<string, TypeModel> types)
    {
        foreach (JsonNode entry in operations.Members.Where(e => context.Object(e) is not null))
        {
            string name = context.NameOf(entry);
            if (name.EndsWith(JobOperationModel.ShapeSuffix, StringComparison.Ordinal)
                && types.ContainsKey(name.Substring(0, name.Length - JobOperationModel.ShapeSuffix.Length)))
            {
                context.Bag.ReportName(
                    DiagnosticDescriptors.UnusableName, entry, entry.Path, name, "which the generated code uses itself", "x-name");
            }
        }
    }

    private JobOperationModel? Parse(JsonNode entry, JsonObject operation)
    {
        context.CheckMembers(operation, "a job operation", Known);
        string name = _names.Take(context.NameOf(entry), entry, n => ReservedNames.IsJobOperation(n, context.Name));
        (string Member, string Value)? match = Match(entry, operation);
        if (context.Require(operation, "document", "refer to the schema of its job documents in 'components/schemas'") is not { } document
            || schemas.Merge(document) is not { } schema
            || schemas.Parse(document) is not { } type)
        {
            return null;
        }

        if (type is not ObjectRef { Name: var documentType })
        {
            context.Bag.ReportName(DiagnosticDescriptors.DocumentNotObject, document, document.Path, SchemaParser.Describe(type));
            return null;
        }

        if (!_documents.Add(documentType))
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.DuplicateValue, document, entry.Parent!.Path, "the document '" + documentType + "'");
            return null;
        }

        if (match is null || !HasMember(schema, operation, document, match.Value.Member))
        {
            return null;
        }

        if (!_matches.Add(match.Value))
        {
            JsonNode place = operation["match"] ?? entry;
            string what = match.Value.Value.Length == 0 ? "" : ": \"" + match.Value.Value + "\"";
            context.Bag.ReportName(
                DiagnosticDescriptors.DuplicateValue, place, entry.Parent!.Path, "documents with \"" + match.Value.Member + "\"" + what);
            return null;
        }

        return new JobOperationModel(entry.Key, name, context.Description(operation), documentType, match.Value.Member, match.Value.Value);
    }

    /// <summary>
    /// What identifies a job document of this operation: by default the member <c>operation</c> with the operation's key.
    /// </summary>
    private (string Member, string Value)? Match(JsonNode entry, JsonObject operation)
    {
        if (operation["match"] is not { } declared)
        {
            return (DefaultMember, entry.Key);
        }

        if (context.Object(declared) is not { } match)
        {
            return null;
        }

        context.CheckMembers(match, "'match'", KnownMatch);
        JsonString? member = context.RequiredString(match, "member", "name the member that identifies the operation of a job document");
        JsonString? value = context.String(match, "value");
        if (member is null || (match["value"] is not null && value is null))
        {
            return null;
        }

        if (value is { Value.Length: 0 })
        {
            context.Bag.ReportValue(
                DiagnosticDescriptors.InvalidValue, value, value.Path, "empty",
                "write the value of the member, or remove 'value' if the member's presence is enough");
            return null;
        }

        return (member.Value, value?.Value ?? "");
    }

    private bool HasMember(Schema schema, JsonObject operation, JsonNode document, string member)
    {
        if (schema.Properties is { } properties && properties.Any(p => p.Key == member))
        {
            return true;
        }

        JsonNode place = (operation["match"] as JsonObject)?["member"] ?? document;
        context.Bag.ReportName(
            DiagnosticDescriptors.MissingMember,
            place,
            schema.Site.Path + "/properties",
            member,
            Spelling.DidYouMean(
                member, (schema.Properties ?? new List<JsonNode>()).Select(p => p.Key),
                "it identifies the operation of a job document: add it, or name another member in 'match'"));
        return false;
    }
}
