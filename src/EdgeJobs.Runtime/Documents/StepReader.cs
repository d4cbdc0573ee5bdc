using System.Text.Json;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads the steps of a document, and adds the faults that their shape can't express.</summary>
internal readonly struct StepReader(FaultList faults)
{
    private const string RunCommand = "runCommand";
    private const string RunHandler = "runHandler";
    private const long MaxTimeoutSeconds = 604_800;

    /// <summary>Reads a step; null if it has a fault that leaves nothing to run.</summary>
    public StepPlan? Read(JsonElement step, string path, bool isFinal)
    {
        path = faults.Place(path, "action");
        if (step.ValueKind != JsonValueKind.Object || !DocumentMembers.TryGet(step, "action", JsonValueKind.Object, out JsonElement action))
        {
            return null;
        }

        StepAction? run = ReadAction(action, path);
        string? name = DocumentMembers.Text(action, path, "name", faults);
        StepPlan plan = new()
        {
            Name = name ?? "",
            Action = run ?? new StepAction.RunCommand([""]),
            RunAsUser = DocumentMembers.Text(action, path, "runAsUser", faults),
            AllowStdErr = DocumentMembers.Count(action, path, "allowStdErr", faults),
            IgnoreFailure = DocumentMembers.Flag(action, path, "ignoreStepFailure", faults),
            IsFinal = isFinal,
            Timeout = Timeout(action),
            WorkingDirectory = WorkingDirectory(action, path),
            Environment = EnvironmentOf(action, path),
            OnInterruption = Interruption(action),
            SuccessExitCodes = SuccessExitCodes(action),
            AlwaysRuns = DocumentMembers.Flag(action, path, "alwaysRun", faults),
        };
        plan = WithRetry(plan, action);
        return name is null || run is null ? null : plan;
    }

    private StepAction? ReadAction(JsonElement action, string path)
    {
        if (!DocumentMembers.TryGet(action, "type", JsonValueKind.String, out JsonElement type)
            || !DocumentMembers.TryGet(action, "input", JsonValueKind.Object, out JsonElement input))
        {
            return null;
        }

        string inputPath = faults.Place(path, "input");
        return type.ValueEquals(RunCommand) ? ReadCommand(input, inputPath)
            : type.ValueEquals(RunHandler) ? ReadHandler(input, inputPath)
            : type.ValueEquals(DownloadReader.StepType) ? new DownloadReader(faults).Read(action, input, path, inputPath)
            : type.ValueEquals(RebootReader.StepType) ? new RebootReader(faults).Read(action, input, path, inputPath)
            : type.ValueEquals(InstallReader.StepType) ? new InstallReader(faults).Read(action, input, path, inputPath)
            : type.ValueEquals(UpdateAgentReader.StepType) ? new UpdateAgentReader(faults).Read(action, input, path, inputPath)
            : type.ValueEquals(HealthCheckReader.StepType) ? ReadHealthCheck(action, input, path, inputPath)
            : null;
    }

    private StepAction.HealthCheck? ReadHealthCheck(JsonElement action, JsonElement input, string path, string inputPath)
    {
        StepAction.RunCommand? command = HealthCheckReader.HasCommand(input) ? ReadCommand(input, inputPath) : null;
        return new HealthCheckReader(faults).Read(action, input, path, inputPath, command);
    }

    private StepAction.RunCommand? ReadCommand(JsonElement input, string path)
    {
        path = faults.Place(path, "command");
        if (!input.TryGetProperty("command", out JsonElement command) || command.ValueKind == JsonValueKind.Null)
        {
            faults.Add(path, "missing; a runCommand needs \"input\": {\"command\": \"PROGRAM,ARGUMENT,...\"}", input);
            return null;
        }

        IReadOnlyList<string> arguments;
        if (command.ValueKind == JsonValueKind.Array)
        {
            List<string> elements = [];
            DocumentMembers.AddElements(elements, command, path, faults);
            arguments = elements;
        }
        else if (command.ValueKind != JsonValueKind.String)
        {
            return null;
        }
        else if (DocumentMembers.WithoutNul(command.GetString()!, path, command, faults) is { } text)
        {
            arguments = CommandSplitter.Split(text);
        }
        else
        {
            return null;
        }

        if (arguments.Count == 0 || arguments[0].Length == 0)
        {
            faults.Add(path, "names no program before the first comma", command);
            return null;
        }

        // A space in the form with commas is nearly always a shell command line. In an array it is intended.
        if (command.ValueKind == JsonValueKind.String && ContainsWhiteSpace(arguments[0]))
        {
            // Show only the first word: the next one may be a password.
            int end = arguments[0].AsSpan().IndexOfAny(" \t\r\n");
            string word = end < 0 ? string.Empty : StatusText.Head(arguments[0][..end], DocumentChecker.MaxShown);
            faults.Add(path, $"the program '{word} …' contains a space; separate the arguments with commas: \"ls,-l,/tmp\"", command);
            return null;
        }

        return new StepAction.RunCommand(arguments);
    }

    private StepAction.RunHandler? ReadHandler(JsonElement input, string path)
    {
        IReadOnlyList<string> arguments = DocumentMembers.Texts(input, path, "args", faults);
        string? directory = DocumentMembers.Text(input, path, "path", faults);
        if (DocumentMembers.Text(input, path, "handler", faults) is { } handler)
        {
            return new StepAction.RunHandler(handler, arguments, directory, PassesUser: true);
        }

        if (!input.TryGetProperty("handler", out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            faults.Add(faults.Place(path, "handler"), "missing; a runHandler needs \"input\": {\"handler\": \"FILE\"}", input);
        }
        else if (value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0)
        {
            faults.Add(faults.Place(path, "handler"), "is empty; name the handler's file", value);
        }

        return null;
    }

    private string? WorkingDirectory(JsonElement action, string path)
    {
        string? directory = DocumentMembers.Text(action, path, "workingDirectory", faults);
        if (directory is not null && !directory.StartsWith('/'))
        {
            string shown = StatusText.Head(directory, DocumentChecker.MaxShown);
            string place = faults.Place(path, "workingDirectory");
            faults.Add(place, $"'{shown}' is not an absolute path; it must start with /", action.GetProperty("workingDirectory"));
        }

        return directory;
    }

    private KeyValuePair<string, string>[] EnvironmentOf(JsonElement action, string path)
    {
        if (!DocumentMembers.TryGet(action, "environment", JsonValueKind.Object, out JsonElement environment))
        {
            return [];
        }

        List<KeyValuePair<string, string>> variables = [];
        foreach (JsonProperty variable in environment.EnumerateObject())
        {
            if (faults.IsFull)
            {
                break;
            }

            string place = faults.NeedsPlaces ? $"{path}.environment.{StatusText.Head(variable.Name, DocumentChecker.MaxShown)}" : path;
            if (variable.Name.StartsWith("EDGEJOBS_", StringComparison.Ordinal) || variable.Name is [>= '0' and <= '9', ..])
            {
                const string Message = "can't be set; names that start with EDGEJOBS_ are reserved, and no name starts with a digit";
                faults.Add(place, Message, variable.Value);
            }
            else if (variable.Value.ValueKind == JsonValueKind.String
                && DocumentMembers.WithoutNul(variable.Value.GetString()!, place, variable.Value, faults) is { } value)
            {
                variables.RemoveAll(v => v.Key == variable.Name);
                variables.Add(new KeyValuePair<string, string>(variable.Name, value));
            }
        }

        return [.. variables];
    }

    private static TimeSpan? Timeout(JsonElement action) =>
        DocumentMembers.Number(action, "timeoutSeconds") is { } seconds
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 1, MaxTimeoutSeconds))
            : null;

    private InterruptedStep Interruption(JsonElement action) => DocumentMembers.Text(action, "", "onInterruption", faults) switch
    {
        "fail" => InterruptedStep.Fail,
        "skip" => InterruptedStep.Skip,
        _ => InterruptedStep.Rerun,
    };

    private static bool ContainsWhiteSpace(string text)
    {
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                return true;
            }
        }

        return false;
    }

    private static IReadOnlyList<int> SuccessExitCodes(JsonElement action)
    {
        if (!DocumentMembers.TryGet(action, "successExitCodes", JsonValueKind.Array, out JsonElement codes))
        {
            return StepPlan.ZeroAlone;
        }

        List<int> numbers = [];
        foreach (JsonElement code in codes.EnumerateArray())
        {
            if (DocumentMembers.TryGetNumber(code, out long number))
            {
                numbers.Add((int)Math.Clamp(number, -1, 256));
            }
        }

        return numbers;
    }

    private static StepPlan WithRetry(StepPlan plan, JsonElement action) =>
        DocumentMembers.TryGet(action, "retry", JsonValueKind.Object, out JsonElement retry)
            ? plan with
            {
                Attempts = (int)Math.Clamp(DocumentMembers.Number(retry, "attempts") ?? 1, 1, 100),
                RetryDelay = TimeSpan.FromSeconds(Math.Clamp(DocumentMembers.Number(retry, "backoffSeconds") ?? 0, 0, 86_400)),
            }
            : plan;
}
