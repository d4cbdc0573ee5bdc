using EdgeJobs.LocalCloud.JobTemplates;
using EdgeJobs.LocalCloud.Model;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on managed job templates.</summary>
internal static class ManagedTemplateOperations
{
    private static readonly string[] Environments = ["LINUX"];

    /// <summary>Handles a request for a path of this class; null for any other path.</summary>
    public static RestResponse? Route(RestRequest request) => (request.Method, request.Segments) switch
    {
        ("GET", ["managed-job-templates"]) =>
            request.RejectUnknownInput(RestInput.None, "templateName", "maxResults", "nextToken") ?? List(request),
        ("GET", ["managed-job-templates", var name]) =>
            request.RejectUnknownInput(RestInput.None, "templateVersion") ?? Describe(name, request.Query("templateVersion")),
        _ => null,
    };

    /// <summary>All fit into one page.</summary>
    private static RestResponse List(RestRequest request) => RestResponse.Ok(
        new ManagedTemplateListBody(
            [
                .. ManagedJobTemplate.All.Where(t => request.Query("templateName") is not { } name || name == t.Name).Select(t =>
                    new ManagedTemplateSummaryBody(t.Arn, t.Name, t.Description, Environments, ManagedJobTemplate.Version)),
            ],
            null),
        RestJson.Default.ManagedTemplateListBody);

    private static RestResponse Describe(string name, string? version) =>
        ManagedJobTemplate.All.FirstOrDefault(t => t.Name == name) is { } found && version is null or ManagedJobTemplate.Version
            ? RestResponse.Ok(
                new ManagedTemplateBody(
                    found.Name, found.Arn, found.Description, ManagedJobTemplate.Version, Environments,
                    [.. found.Parameters.Select(p => new DocumentParameterBody(p.Key, p.Description, p.Example, p.IsOptional))],
                    found.Document),
                RestJson.Default.ManagedTemplateBody)
            : ResponseMapper.Error(
                ServiceError.NotFound($"There is no managed job template {name}{(version is null ? "" : $" of version {version}")}"),
                Plane.Control);
}
