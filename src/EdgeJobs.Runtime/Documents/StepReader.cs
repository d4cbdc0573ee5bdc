namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads steps and their members, noting what is wrong with them.</summary>
internal sealed class StepReader(FaultList faults)
{
    private const string RunCommand = "runCommand";
    private const string RunHandler = "runHandler";

    /// <summary>Reads a step; null when a fault was noted that leaves nothing to run.</summary>
    public StepPlan? Read(string path, Field<StepJson> field, bool isFinal)
    {
        if (field.Value is not { } step)
        {
            faults.AddWrong(path, "an object with an action", field);
            return null;
        }

        path += ".action";
        if (step.Action.Value is not { } action)
        {
            if (step.Action.State == FieldState.Wrong)
            {
                faults.AddWrong(path, "an object", step.Action);
            }
            else
            {
                faults.Add(path, "missing", field.Offset);
            }

            return null;
        }

        string? name = RequiredText(path + ".name", action.Name, step.Action.Offset);
        StepAction? run = ReadAction(path, action, step.Action.Offset);
        string? user = OptionalText(path + ".runAsUser", action.RunAsUser);
        int? allowStdErr = Count(path + ".allowStdErr", action.AllowStdErr);
        if (action.IgnoreStepFailure.State == FieldState.Wrong)
        {
            faults.AddWrong(path + ".ignoreStepFailure", "true or false", action.IgnoreStepFailure);
        }

        return name is null || run is null
            ? null
            : new StepPlan
            {
                Name = name,
                Action = run,
                RunAsUser = user,
                AllowStdErr = allowStdErr,
                IgnoreFailure = action.IgnoreStepFailure.Value,
                IsFinal = isFinal,
            };
    }

    /// <summary>A string that must be there if its object is what it seems to be.</summary>
    public string? Text(string path, Field<string> field) => RequiredText(path, field, field.Offset);

    /// <summary>A string; null when it is absent or empty, as templates leave an unset parameter.</summary>
    public string? OptionalText(string path, Field<string> field)
    {
        if (field.State == FieldState.Wrong)
        {
            faults.AddWrong(path, "a string", field);
        }

        return string.IsNullOrEmpty(field.Value) ? null : Clean(path, field.Value, field.Offset);
    }

    /// <summary>An array of strings; empty when it is absent.</summary>
    public IReadOnlyList<string> Texts(string path, Field<IReadOnlyList<Field<string>>> field)
    {
        if (field.State == FieldState.Wrong)
        {
            faults.AddWrong(path, "an array of strings", field);
        }

        return field.Value is null ? [] : Elements(path, field.Value);
    }

    /// <summary>A whole number from 0; null when it is absent.</summary>
    public int? Count(string path, Field<int?> field)
    {
        if (field.State == FieldState.Wrong)
        {
            faults.AddWrong(path, "a whole number from 0", field);
        }

        return field.Value;
    }

    private StepAction? ReadAction(string path, ActionJson action, long offset)
    {
        string? type = RequiredText(path + ".type", action.Type, offset);
        if (type is not (null or RunCommand or RunHandler))
        {
            faults.Add(path + ".type", $"'{type}' is not known; use {RunCommand} or {RunHandler}", action.Type.Offset);
            type = null;
        }

        path += ".input";
        if (action.Input.Value is not { } input)
        {
            if (action.Input.State == FieldState.Wrong)
            {
                faults.AddWrong(path, "an object", action.Input);
            }
            else if (type is not null)
            {
                faults.Add(path, type == RunCommand ? "missing; a runCommand needs \"input\": {\"command\": \"PROGRAM,ARGUMENT,...\"}" : "missing; a runHandler needs \"input\": {\"handler\": \"FILE\"}", offset);
            }

            return null;
        }

        return type switch
        {
            RunCommand => ReadCommand(path + ".command", input.Command, action.Input.Offset),
            RunHandler => ReadHandler(path, input, action.Input.Offset),
            _ => null,
        };
    }

    private StepAction.RunCommand? ReadCommand(string path, Field<CommandValue> field, long offset)
    {
        if (field.State == FieldState.Wrong)
        {
            faults.AddWrong(path, "a string with the arguments between commas, or an array of strings", field);
            return null;
        }

        List<string> arguments = field.Value.Text is { } text
            ? CommandSplitter.Split(Clean(path, text, field.Offset) ?? string.Empty)
            : Elements(path, field.Value.Arguments ?? []);
        if (arguments.Count == 0 || arguments[0].Length == 0)
        {
            faults.Add(path, field.State == FieldState.Absent ? "missing" : "names no program before the first comma", field.State == FieldState.Absent ? offset : field.Offset);
            return null;
        }

        // In the form with commas it is nearly always a command line as for a shell; in an array it is meant.
        if (field.Value.Text is not null && arguments[0].Any(char.IsWhiteSpace))
        {
            faults.Add(path, $"the program '{arguments[0]}' holds a space; write the arguments between commas: \"ls,-l,/tmp\"", field.Offset);
            return null;
        }

        return new StepAction.RunCommand(arguments);
    }

    private StepAction.RunHandler? ReadHandler(string path, InputJson input, long offset)
    {
        string? handler = RequiredText(path + ".handler", input.Handler, offset);
        IReadOnlyList<string> arguments = Texts(path + ".args", input.Args);
        string? directory = OptionalText(path + ".path", input.Path);
        return handler is null ? null : new StepAction.RunHandler(handler, arguments, directory, PassesUser: true);
    }

    private string? RequiredText(string path, Field<string> field, long objectOffset)
    {
        if (field.State == FieldState.Wrong)
        {
            faults.AddWrong(path, "a string", field);
            return null;
        }

        if (string.IsNullOrEmpty(field.Value))
        {
            faults.Add(path, field.IsPresent ? "is empty" : "missing", field.IsPresent ? field.Offset : objectOffset);
            return null;
        }

        return Clean(path, field.Value, field.Offset);
    }

    private List<string> Elements(string path, IReadOnlyList<Field<string>> fields)
    {
        List<string> elements = [];
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields[i].Value is not { } text)
            {
                faults.AddWrong($"{path}[{i}]", "a string", fields[i]);
            }
            else if (Clean($"{path}[{i}]", text, fields[i].Offset) is { } clean)
            {
                elements.Add(clean);
            }
        }

        return elements;
    }

    /// <summary>A program is told its arguments as C strings: what stands behind a NUL would silently be lost.</summary>
    private string? Clean(string path, string text, long offset)
    {
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        faults.Add(path, "holds a NUL character, which no program can be given", offset);
        return null;
    }
}
