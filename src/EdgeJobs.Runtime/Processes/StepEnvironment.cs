using System.Collections;
using System.Globalization;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The environment of a step: what programs need to find their way, from the agent's own environment, and what tells them
/// the job. Nothing else of the agent's environment reaches a step.
/// </summary>
internal sealed class StepEnvironment
{
    private const string PathName = "PATH";
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string LocalePrefix = "LC_";

    private static readonly string[] Passed =
    [
        "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR",
        "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY",
    ];

    private readonly List<KeyValuePair<string, string>> _passed = [];

    /// <param name="own">The environment of the agent.</param>
    public StepEnvironment(IDictionary own)
    {
        SearchPath = own[PathName] as string is { Length: > 0 } path ? path : DefaultPath;
        foreach (DictionaryEntry entry in own)
        {
            if (entry is { Key: string name, Value: string value }
                && (name.StartsWith(LocalePrefix, StringComparison.Ordinal) || Passed.Contains(name, StringComparer.Ordinal)))
            {
                _passed.Add(new KeyValuePair<string, string>(name, value));
            }
        }
    }

    /// <summary>The directories that programs are looked up in, between colons.</summary>
    public string SearchPath { get; }

    /// <summary>The environment of one step, as <c>NAME=value</c>.</summary>
    /// <param name="step">The step.</param>
    /// <param name="user">The user that it runs as, or null for the agent's own.</param>
    public IReadOnlyList<string> For(StepContext step, LocalUser? user)
    {
        List<string> environment = new(_passed.Count + 8) { $"{PathName}={SearchPath}" };
        foreach ((string name, string value) in _passed)
        {
            environment.Add($"{name}={(user is null ? value : OfUser(user, name) ?? value)}");
        }

        environment.Add($"EDGEJOBS_THING_NAME={step.ThingName}");
        environment.Add($"EDGEJOBS_JOB_ID={step.JobId}");
        environment.Add(string.Create(CultureInfo.InvariantCulture, $"EDGEJOBS_EXECUTION_NUMBER={step.ExecutionNumber}"));
        environment.Add(string.Create(CultureInfo.InvariantCulture, $"EDGEJOBS_STEP={step.Number}"));
        environment.Add($"EDGEJOBS_STEP_NAME={step.Step.Name}");
        return environment;
    }

    private static string? OfUser(LocalUser user, string name) => name switch
    {
        "HOME" => user.HomeDirectory,
        "USER" or "LOGNAME" => user.Name,
        "SHELL" => user.Shell,
        _ => null,
    };
}
