using System.Text.Json;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads the input of a <c>healthCheck</c> step.</summary>
internal readonly struct HealthCheckReader(FaultList faults)
{
    public const string StepType = "healthCheck";

    private static readonly string[] Members = ["command", "url", "unit", "times", "intervalSeconds"];
    private static readonly string[] OfOutput = [StrictMembers.AllowStdErr];

    /// <summary>Whether an input has a command.</summary>
    public static bool HasCommand(JsonElement input) => DocumentMembers.TryGetSet(input, "command", out _);

    /// <summary>Reads the input; null if it has a fault.</summary>
    /// <param name="action">The action.</param>
    /// <param name="input">Its input.</param>
    /// <param name="path">The path of the action.</param>
    /// <param name="inputPath">The path of the input.</param>
    /// <param name="command">The command, read like that of a <c>runCommand</c>; null if there is none.</param>
    public StepAction.HealthCheck? Read(
        JsonElement action, JsonElement input, string path, string inputPath, StepAction.RunCommand? command)
    {
        StrictMembers.CheckInput(input, inputPath, StepType, Members, faults);
        string? url = Url(input, inputPath);
        string? unit = DocumentMembers.Text(input, inputPath, "unit", faults);
        bool hasCommand = HasCommand(input);
        if ((hasCommand ? 1 : 0) + (url is null ? 0 : 1) + (unit is null ? 0 : 1) != 1)
        {
            faults.Add(inputPath, $"a {StepType} needs one of command, url and unit", input);
        }

        string[] refused = hasCommand ? OfOutput : StrictMembers.OfProcesses;
        string why = $"a {StepType} {(hasCommand ? "counts no lines" : "runs no program")}; remove it";
        StrictMembers.Refuse(action, path, refused, _ => why, faults);
        if (unit is not null && !IsUnit(unit))
        {
            faults.Add(
                faults.Place(inputPath, "unit"), "must be the name of a systemd unit, such as pump.service", input.GetProperty("unit"));
        }

        return !faults.IsEmpty ? null : new StepAction.HealthCheck
        {
            Command = command?.Arguments,
            Url = url,
            Unit = unit,
            Times = (int)(DocumentMembers.Number(input, "times") ?? StepAction.HealthCheck.DefaultTimes),
            Interval = DocumentMembers.Number(input, "intervalSeconds") is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : StepAction.HealthCheck.DefaultInterval,
        };
    }

    private string? Url(JsonElement input, string path)
    {
        if (DocumentMembers.TryGet(input, "url", JsonValueKind.Array, out JsonElement array))
        {
            faults.AddWrong(faults.Place(path, "url"), "a string", array);
            return string.Empty;
        }

        string? url = DocumentMembers.Text(input, path, "url", faults);
        if (url is not null && DownloadUrl.Parse(url, out string? fault) is null)
        {
            faults.Add(faults.Place(path, "url"), fault!, input.GetProperty("url"));
        }

        return url;
    }

    /// <summary>The characters of systemd.unit(5).</summary>
    public static bool IsUnit(string unit)
    {
        foreach (char c in unit)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not (':' or '_' or '.' or '-' or '@' or '\\'))
            {
                return false;
            }
        }

        return unit[0] != '-' && unit.Contains('.', StringComparison.Ordinal);
    }
}
