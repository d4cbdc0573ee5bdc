using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Configuration;

/// <summary>The arguments of <c>edgejobs policy</c>, checked.</summary>
/// <param name="Region">The AWS region.</param>
/// <param name="Account">The 12 digits of the AWS account.</param>
/// <param name="ThingName">The thing.</param>
/// <param name="ClientId">The client id that it connects with.</param>
public sealed record PolicyArguments(string Region, string Account, string ThingName, string ClientId)
{
    private static readonly Setting[] Settings =
    [
        new("region", "REGION", "the AWS region, such as eu-central-1"),
        new("account", "ACCOUNT", "the 12 digits of the AWS account"),
        new("thing_name", "NAME", "the thing"),
        new("client_id", "ID", "the MQTT client id; the thing name when it is left out"),
    ];

    /// <summary>Reads the arguments.</summary>
    /// <param name="args">What follows <c>policy</c>.</param>
    /// <exception cref="UsageException">A flag is unknown, missing or can't be used.</exception>
    public static PolicyArguments Parse(ReadOnlySpan<string> args)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(args, Settings, out List<string> operands);
        if (operands.Count > 0)
        {
            throw new UsageException($"{operands[0]}: is no flag; edgejobs policy takes flags only");
        }

        string thing = Required(flags, "thing_name");
        string account = Required(flags, "account");
        if (!JobsTopics.IsThingName(thing))
        {
            throw new UsageException($"--thing_name: '{thing}' can't be a thing name; 1 to 128 characters of [a-zA-Z0-9:_-]");
        }

        return account.Length == 12 && account.All(char.IsAsciiDigit)
            ? new PolicyArguments(Required(flags, "region"), account, thing, flags.GetValueOrDefault("client_id") ?? thing)
            : throw new UsageException($"--account: '{account}' is no AWS account; give its 12 digits");
    }

    private static string Required(Dictionary<string, string?> flags, string name)
    {
        Setting setting = Settings.First(s => s.Name == name);
        return flags.GetValueOrDefault(name) is { Length: > 0 } value
            ? value
            : throw new UsageException($"--{name} is missing ({setting.Help}); write --{name} {setting.Value}");
    }
}
