using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Templates;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Registry;

/// <summary>The operations on provisioning templates, as functions over a transaction.</summary>
internal static class TemplateRegistry
{
    public static Result<ProvisioningTemplate> Create(
        Transaction transaction, string name, string? description, string? json, bool isEnabled)
    {
        if (!JobsTopics.IsTemplateName(name))
        {
            return ServiceError.Invalid("templateName must be 1 to 36 characters of a-z, A-Z, 0-9, underscore and hyphen");
        }

        if (transaction.State.Templates.ContainsKey(name))
        {
            return new ServiceError(ServiceErrorKind.ResourceAlreadyExists, $"Provisioning template {name} already exists");
        }

        if (!TemplateDocument.TryParse(json ?? string.Empty, out TemplateDocument? document, out string fault))
        {
            return ServiceError.Invalid($"templateBody is invalid: {fault}");
        }

        ProvisioningTemplate template = new()
        {
            Name = name,
            Description = description,
            Json = json!,
            Document = document,
            IsEnabled = isEnabled,
            CreatedAt = transaction.Now,
        };
        transaction.Apply(new StateChange.TemplatePut(template));
        return template;
    }

    public static ServiceError? Delete(Transaction transaction, string name)
    {
        if (!transaction.State.Templates.ContainsKey(name))
        {
            return NoTemplate(name);
        }

        transaction.Apply(new StateChange.TemplateRemoved(name));
        return null;
    }

    public static ServiceError NoTemplate(string name) => ServiceError.NotFound($"Provisioning template {name} does not exist");
}
