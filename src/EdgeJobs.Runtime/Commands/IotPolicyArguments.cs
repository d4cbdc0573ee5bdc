using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary>The checked arguments of <c>edgejobs policy</c>: of a thing's policy, or of a claim certificate's.</summary>
/// <param name="Region">The AWS region.</param>
/// <param name="Account">The 12 digits of the AWS account.</param>
/// <param name="ThingName">The thing; null for the policy of a claim certificate.</param>
/// <param name="ClientId">The MQTT client id.</param>
/// <param name="Template">The provisioning template of the claim certificate; null for the policy of a thing.</param>
/// <param name="KeyOfService">Whether the service creates the boards' private keys.</param>
internal sealed record IotPolicyArguments(
    string Region, string Account, string? ThingName, string ClientId, string? Template = null, bool KeyOfService = false)
{
    private const string AnyClient = "*";

    public static readonly Setting[] Settings =
    [
        new("region", "REGION", "the AWS region, such as eu-central-1"),
        new("account", "ACCOUNT", "the 12 digits of the AWS account"),
        new("thing_name", "NAME", "the thing"),
        new("client_id", "ID", "the MQTT client id; default: the thing name, or any with --provisioning_template"),
        new("provisioning_template", "NAME", "print the policy of the claim certificate for this template instead"),
        new("provisioning_key", "board|service", "who creates the private keys; default: board"),
    ];

    /// <param name="args">The arguments after <c>policy</c>.</param>
    /// <exception cref="UsageException">A flag is unknown, missing or not valid.</exception>
    public static IotPolicyArguments Parse(ReadOnlySpan<string> args)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(args, Settings, out List<string> operands);
        if (operands.Count > 0)
        {
            throw new UsageException($"{operands[0]}: not a flag; edgejobs policy takes only flags");
        }

        string? template = flags.GetValueOrDefault("provisioning_template");
        string? thing = template is null ? Required(flags, "thing_name") : flags.GetValueOrDefault("thing_name");
        string account = Required(flags, "account");
        if (template is not null && thing is not null)
        {
            throw new UsageException("--thing_name: cannot be combined with --provisioning_template; remove one of them");
        }

        if (thing is not null && !JobsTopics.IsThingName(thing))
        {
            throw new UsageException($"--thing_name: '{thing}' is not valid; use 1 to 128 characters of [a-zA-Z0-9:_-]");
        }

        if (template is not null && !JobsTopics.IsTemplateName(template))
        {
            throw new UsageException($"--provisioning_template: '{template}' is not valid; use 1 to 36 characters of [a-zA-Z0-9_-]");
        }

        return account.Length == 12 && !account.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? new IotPolicyArguments(
                Required(flags, "region"),
                account,
                thing,
                flags.GetValueOrDefault("client_id") ?? thing ?? AnyClient,
                template,
                KeyOf(flags))
            : throw new UsageException($"--account: '{account}' is not an AWS account; use its 12 digits");
    }

    /// <summary>Writes the policy document.</summary>
    public string Write() => Template is null
        ? LeastPrivilegePolicy.ForAgent().Write(Region, Account, ThingName!, ClientId)
        : LeastPrivilegePolicy.ForClaim(KeyOfService).WriteClaim(Region, Account, Template, ClientId);

    private static bool KeyOf(Dictionary<string, string?> flags) => flags.GetValueOrDefault("provisioning_key") switch
    {
        null or "board" => false,
        "service" => true,
        { } other => throw new UsageException($"--provisioning_key: '{other}' is not valid; use board or service"),
    };

    private static string Required(Dictionary<string, string?> flags, string name)
    {
        Setting setting = SettingNames.Find(name, Settings)!;
        return flags.GetValueOrDefault(name) is { Length: > 0 } value
            ? value
            : throw new UsageException($"--{name} is missing ({setting.Meaning}); write --{name} {setting.Value}");
    }
}
