using System.Text.Json;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads the input of an <c>updateAgent</c> step.</summary>
internal readonly struct UpdateAgentReader(FaultList faults)
{
    public const string StepType = "updateAgent";

    private static readonly string[] Members =
        ["version", "url", "sha256", "signature", "signatureAlgorithm", "size", "confirmSeconds"];

    /// <summary>Reads the input; null if it has a fault.</summary>
    public StepAction.UpdateAgent? Read(JsonElement action, JsonElement input, string path, string inputPath)
    {
        StrictMembers.CheckInput(input, inputPath, StepType, Members, faults);
        StrictMembers.Refuse(
            action,
            path,
            StrictMembers.OfProcessesAndInterruptions,
            name => name == StrictMembers.OnInterruption
                ? $"an {StepType} always continues with the new version; remove it"
                : $"an {StepType} runs no program of the document; remove it",
            faults);
        DownloadReader reader = new(faults, StepType);
        string? version = StrictMembers.Text(
            input, inputPath, StepType, "version", "the version of the agent, MAJOR.MINOR.PATCH", faults);
        if (version is not null && AgentVersion.Order(version) < 0)
        {
            faults.Add(
                faults.Place(inputPath, "version"), "must be MAJOR.MINOR.PATCH, such as \"1.4.0\"", input.GetProperty("version"));
        }

        StepAction.Download file = reader.ReadFile(input, inputPath);
        if (file.Sha256 is null)
        {
            _ = StrictMembers.Text(input, inputPath, StepType, "sha256", "the SHA-256 of the program", faults);
        }

        return !faults.IsEmpty ? null : new StepAction.UpdateAgent(version!, file)
        {
            ConfirmSeconds =
                (int)(DocumentMembers.Number(input, "confirmSeconds") ?? StepAction.UpdateAgent.DefaultConfirmSeconds),
        };
    }
}
