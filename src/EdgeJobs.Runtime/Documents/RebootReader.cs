using System.Text.Json;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads a <c>reboot</c> step, which has no input.</summary>
internal readonly struct RebootReader(FaultList faults)
{
    public const string StepType = "reboot";

    private static readonly string[] Refused = [.. StrictMembers.OfProcessesAndInterruptions.AsSpan(1)];

    public StepAction.Reboot? Read(JsonElement action, JsonElement input, string path, string inputPath)
    {
        StrictMembers.CheckInput(input, inputPath, StepType, [], faults);
        StrictMembers.Refuse(
            action,
            path,
            Refused,
            name => name == StrictMembers.OnInterruption
                ? $"a {StepType} always continues when the board is back; remove it"
                : $"a {StepType} runs no program of the document; remove it",
            faults);
        return faults.IsEmpty ? new StepAction.Reboot() : null;
    }
}
