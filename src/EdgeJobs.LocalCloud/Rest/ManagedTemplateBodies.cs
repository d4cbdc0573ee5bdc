namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on managed job templates: AWS's names, in camel case on the wire.

internal sealed record ManagedTemplateListBody(IReadOnlyList<ManagedTemplateSummaryBody> ManagedJobTemplates, string? NextToken);

internal sealed record ManagedTemplateSummaryBody(
    string TemplateArn, string TemplateName, string Description, IReadOnlyList<string> Environments, string TemplateVersion);

/// <summary>The document is JSON text in a string.</summary>
internal sealed record ManagedTemplateBody(
    string TemplateName, string TemplateArn, string Description, string TemplateVersion, IReadOnlyList<string> Environments,
    IReadOnlyList<DocumentParameterBody> DocumentParameters, string Document);

internal sealed record DocumentParameterBody(string Key, string Description, string Example, bool Optional);
