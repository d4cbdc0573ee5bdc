namespace EdgeJobs.LocalCloud.JobTemplates;

/// <summary>A parameter of a managed job template.</summary>
internal sealed record TemplateParameter(string Key, string Description, string Example, bool IsOptional = false);
