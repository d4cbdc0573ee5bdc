using System.Collections;
using System.Globalization;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The environment of a step: what programs need to find their way, from the agent's own environment, and what tells them
/// the job, and what the document adds. Nothing else of the agent's environment reaches a step.
/// </summary>
internal sealed class StepEnvironment
{
    private const string PathName = "PATH";
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string LocalePrefix = "LC_";
    private const string OwnPrefix = "EDGEJOBS_";

    private static readonly string ProgressVariable = string.Create(CultureInfo.InvariantCulture, $"EDGEJOBS_PROGRESS_FD={ChildProcess.ProgressDescriptor}");

    private static readonly string[] Passed =
    [
        "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR",
        "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY",
    ];

    // As NAME=value; the way to programs comes first.
    private readonly List<string> _passed = [];

    // What tells the job, by name: most of it is the same for one job after the other.
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);

    // What the last step had its environment in, if it has ended.
    private List<string>? _spare;

    /// <param name="own">The environment of the agent.</param>
    public StepEnvironment(IDictionary own)
    {
        SearchPath = own[PathName] as string is { Length: > 0 } path ? path : DefaultPath;
        _passed.Add($"{PathName}={SearchPath}");
        foreach (DictionaryEntry entry in own)
        {
            if (entry is { Key: string name, Value: string value }
                && (name.StartsWith(LocalePrefix, StringComparison.Ordinal) || Passed.Contains(name, StringComparer.Ordinal)))
            {
                _passed.Add($"{name}={value}");
            }
        }
    }

    /// <summary>The directories that programs are looked up in, between colons.</summary>
    public string SearchPath { get; }

    /// <summary>The environment of one step, as <c>NAME=value</c>.</summary>
    /// <param name="step">The step.</param>
    /// <param name="runId">What this attempt at it is called.</param>
    /// <param name="user">The user that it runs as, or null for the agent's own.</param>
    /// <param name="handler">The path of the handler that it runs, if any.</param>
    public IReadOnlyList<string> For(StepContext step, RunId runId, LocalUser? user, string? handler = null)
    {
        List<string> variables = Interlocked.Exchange(ref _spare, null) ?? [];
        variables.AddRange(_passed);
        if (user is not null)
        {
            Set(variables, "HOME=", user.HomeDirectory);
            Set(variables, "USER=", user.Name);
            Set(variables, "LOGNAME=", user.Name);
            Set(variables, "SHELL=", user.Shell);
        }

        foreach ((string name, string value) in step.Step.Environment)
        {
            // What tells the job is told by the agent alone.
            if (!name.StartsWith(OwnPrefix, StringComparison.Ordinal))
            {
                Set(variables, name + "=", value);
            }
        }

        Tell(variables, "EDGEJOBS_THING_NAME=", step.ThingName);
        Tell(variables, "EDGEJOBS_JOB_ID=", step.JobId);
        Tell(variables, "EDGEJOBS_EXECUTION_NUMBER=", step.ExecutionNumber.ToString(CultureInfo.InvariantCulture));
        Tell(variables, "EDGEJOBS_STEP=", step.Number.ToString(CultureInfo.InvariantCulture));
        Tell(variables, "EDGEJOBS_ATTEMPT=", step.Attempt.ToString(CultureInfo.InvariantCulture));
        Tell(variables, "EDGEJOBS_STEP_NAME=", step.Step.Name);
        if (handler is not null)
        {
            Tell(variables, "EDGEJOBS_HANDLER=", handler);
        }

        variables.Add(runId.Variable);
        variables.Add(ProgressVariable);
        return variables;
    }

    /// <summary>Takes an environment back that nobody reads any more: the next step's is made in the same list.</summary>
    public void TakeBack(IReadOnlyList<string> variables)
    {
        if (variables is List<string> list)
        {
            list.Clear();
            _spare = list;
        }
    }

    /// <summary>Adds a variable of the agent's own, whose name comes with its equals sign.</summary>
    private void Tell(List<string> variables, string name, string value)
    {
        lock (_told)
        {
            if (!_told.TryGetValue(name, out string? variable) || !variable.AsSpan(name.Length).SequenceEqual(value))
            {
                _told[name] = variable = name + value;
            }

            variables.Add(variable);
        }
    }

    /// <summary>Sets a variable, whose name comes with its equals sign.</summary>
    private static void Set(List<string> variables, string name, string value)
    {
        string variable = name + value;
        for (int i = 0; i < variables.Count; i++)
        {
            if (variables[i].StartsWith(name, StringComparison.Ordinal))
            {
                variables[i] = variable;
                return;
            }
        }

        variables.Add(variable);
    }
}
