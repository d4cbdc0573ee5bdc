using System.Collections;
using System.Globalization;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The environment of a step: a fixed list of variables of the agent, the variables of the document, and <c>EDGEJOBS_</c> variables that
/// describe the job. No other variable of the agent reaches a step.
/// </summary>
internal sealed class StepEnvironment
{
    private const string PathName = "PATH";
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string LocalePrefix = "LC_";
    private const string OwnPrefix = "EDGEJOBS_";

    private static readonly string ProgressVariable =
        string.Create(CultureInfo.InvariantCulture, $"EDGEJOBS_PROGRESS_FD={ChildProcess.ProgressDescriptor}");

    private static readonly string[] Passed =
    [
        "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR",
        "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY",
    ];

    // As NAME=value; PATH first.
    private readonly List<string> _passed = [];

    // The EDGEJOBS_ variables by name: most are the same for one step after the other.
    private readonly Dictionary<string, string> _own = new(StringComparer.Ordinal);

    // The list of the last step, if it has ended.
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

    /// <summary>The value of PATH.</summary>
    public string SearchPath { get; }

    /// <summary>The environment of one step, as <c>NAME=value</c>.</summary>
    /// <param name="step">The step.</param>
    /// <param name="runId">The id of this attempt.</param>
    /// <param name="user">The user that it runs as; null for the agent's user.</param>
    /// <param name="handler">The path of its handler, if any.</param>
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
            // A document can't set EDGEJOBS_ variables.
            if (!name.StartsWith(OwnPrefix, StringComparison.Ordinal))
            {
                Set(variables, name + "=", value);
            }
        }

        AddOwn(variables, "EDGEJOBS_THING_NAME=", step.ThingName);
        AddOwn(variables, "EDGEJOBS_JOB_ID=", step.JobId);
        AddOwn(variables, "EDGEJOBS_EXECUTION_NUMBER=", step.ExecutionNumber.ToString(CultureInfo.InvariantCulture));
        AddOwn(variables, "EDGEJOBS_STEP=", step.Number.ToString(CultureInfo.InvariantCulture));
        AddOwn(variables, "EDGEJOBS_ATTEMPT=", step.Attempt.ToString(CultureInfo.InvariantCulture));
        AddOwn(variables, "EDGEJOBS_STEP_NAME=", step.Step.Name);
        if (handler is not null)
        {
            AddOwn(variables, "EDGEJOBS_HANDLER=", handler);
        }

        variables.Add(runId.Variable);
        variables.Add(ProgressVariable);
        return variables;
    }

    /// <summary>Returns an environment that is no longer used: the next step reuses the list.</summary>
    public void Return(IReadOnlyList<string> variables)
    {
        if (variables is List<string> list)
        {
            list.Clear();
            _spare = list;
        }
    }

    /// <summary>Adds an <c>EDGEJOBS_</c> variable. The name includes its equals sign.</summary>
    private void AddOwn(List<string> variables, string name, string value)
    {
        lock (_own)
        {
            if (!_own.TryGetValue(name, out string? variable) || !variable.AsSpan(name.Length).SequenceEqual(value))
            {
                _own[name] = variable = name + value;
            }

            variables.Add(variable);
        }
    }

    /// <summary>Sets a variable. The name includes its equals sign.</summary>
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
