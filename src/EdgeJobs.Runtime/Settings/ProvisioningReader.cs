using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads the settings of provisioning.</summary>
internal static class ProvisioningReader
{
    private static readonly string[] OfClaim = ["claim_cert", "claim_key", "provisioning_parameters", "provisioning_key"];
    private static readonly string[] OfIdentity = ["cert", "key"];

    /// <summary>Reads them; null when the board brings its own certificate.</summary>
    /// <param name="value">The value of a setting, or null.</param>
    /// <param name="fault">A fault that names the place which the value came from.</param>
    /// <exception cref="UsageException">They can't be used.</exception>
    public static ProvisioningSettings? Read(Func<string, string?> value, Func<string, string, UsageException> fault)
    {
        if (value("provisioning_template") is not { } template)
        {
            return Array.Find(OfClaim, name => value(name) is not null) is { } alone
                ? throw fault(alone, "is for boards that get their certificate by provisioning; say by which template with --provisioning_template NAME")
                : null;
        }

        if (Array.Find(OfIdentity, name => value(name) is not null) is { } other)
        {
            throw fault(other, "does not go with --provisioning_template, by which the board gets its own certificate and key; leave one or the other out");
        }

        return new ProvisioningSettings
        {
            Template = JobsTopics.IsTemplateName(template) ? template : throw fault("provisioning_template", $"'{template}' can't be a template name; 1 to 36 characters of [a-zA-Z0-9_-]"),
            ClaimCertificate = value("claim_cert"),
            ClaimKey = value("claim_key"),
            Parameters = value("provisioning_parameters"),
            IsKeyOfService = value("provisioning_key") switch
            {
                null or "board" => false,
                "service" => true,
                { } key => throw fault("provisioning_key", $"'{key}' is neither board nor service"),
            },
        };
    }
}
