using System.Text.Json;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Rest;

/// <summary>The AWS CLI, pointed at a local cloud with meaningless credentials.</summary>
internal sealed class AwsCli(Uri endpoint)
{
    private const string Debian = "/usr/bin/aws";

    private static readonly (string Name, string Value)[] Environment =
    [
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_DEFAULT_OUTPUT", "json"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("AWS_PAGER", string.Empty),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ];

    /// <summary>A call that must succeed.</summary>
    /// <returns>Its output as JSON; an undefined element if there is none.</returns>
    public async Task<JsonElement> CallAsync(string service, params string[] arguments)
    {
        ChildResult outcome = await RunAsync(service, arguments);
        Assert.True(outcome.ExitCode == 0, $"aws {service} {string.Join(' ', arguments)}: {outcome.Errors}");
        return outcome.Output.Length == 0 ? default : JsonDocument.Parse(outcome.Output).RootElement;
    }

    /// <summary>A call that the service must reject.</summary>
    /// <returns>The error output.</returns>
    public async Task<string> RejectedAsync(string service, params string[] arguments)
    {
        ChildResult outcome = await RunAsync(service, arguments);
        Assert.True(outcome.ExitCode != 0, $"aws {service} {string.Join(' ', arguments)} was not rejected: {outcome.Output}");
        return outcome.Errors;
    }

    private Task<ChildResult> RunAsync(string service, string[] arguments) =>
        ChildProcess.RunAsync(Find(), ["--endpoint-url", endpoint.ToString().TrimEnd('/'), service, .. arguments], Environment);

    private static string Find()
    {
        if (File.Exists(Debian))
        {
            return Debian;
        }

        foreach (string directory in (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':'))
        {
            string candidate = Path.Combine(directory, "aws");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException("the AWS command line tool is missing: install it with 'apt-get install awscli'");
    }
}
