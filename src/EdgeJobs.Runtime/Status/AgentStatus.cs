using EdgeJobs.Client;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Status;

/// <summary>The content of a data directory.</summary>
/// <param name="DataDirectory">The directory.</param>
/// <param name="Agent">The agent that uses the directory; null if none does.</param>
/// <param name="Current">The running job execution, or one whose outcome the service has not acknowledged; null if there is none.</param>
/// <param name="JournalFault">Why the journal is corrupt; null if it is not.</param>
/// <param name="DamagedJournals">Corrupt journals that were set aside.</param>
/// <param name="Jobs">The jobs whose output is kept, newest first.</param>
/// <param name="Certificate">The certificate of the last connection; null if there was none.</param>
/// <param name="Identity">The identity from provisioning; null if there is none.</param>
/// <param name="IsJournalKnown">Whether the journal could be read, or there is none.</param>
/// <param name="Faults">Files that cannot be read or trusted, with the command that fixes them.</param>
internal sealed record AgentStatus(
    string DataDirectory,
    AgentProcess? Agent,
    CurrentJob? Current,
    string? JournalFault,
    IReadOnlyList<string> DamagedJournals,
    IReadOnlyList<KeptJob> Jobs,
    CertificateFacts? Certificate,
    ProvisionedIdentity? Identity,
    bool IsJournalKnown,
    IReadOnlyList<string> Faults)
{
    /// <summary>The version and the commit of the program that reads the status: the installed one.</summary>
    public string Build { get; init; } = string.Empty;

    /// <summary>The updated versions; null if there are none.</summary>
    public SlotState? Slots { get; init; }
}

/// <summary>A running agent.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="IsConnected">Whether it has a connection to the server or proxy; null if this user has no permission to see it.</param>
internal sealed record AgentProcess(int ProcessId, bool? IsConnected);

/// <summary>An identity from provisioning, complete or not.</summary>
/// <param name="Progress">The progress in words.</param>
/// <param name="IsComplete">Whether the board has connected with it.</param>
/// <param name="ThingName">The thing, if it is known.</param>
/// <param name="CertificateId">The certificate, if there is one.</param>
/// <param name="Template">The template, if the identity is complete.</param>
/// <param name="ProvisionedAt">When it was completed.</param>
internal sealed record ProvisionedIdentity(
    string Progress,
    bool IsComplete,
    string? ThingName = null,
    string? CertificateId = null,
    string? Template = null,
    DateTimeOffset? ProvisionedAt = null)
{
    /// <summary>The part of a state that can be shown: no key and no token.</summary>
    public static ProvisionedIdentity? Of(IdentityState state) => state switch
    {
        IdentityState.KeyMade => new("has a private key and no certificate yet", false),
        IdentityState.Issued issued => new("has a certificate that is not registered yet", false, null, issued.CertificateId),
        IdentityState.Registered registered =>
            new("is registered, but has not connected as that thing yet", false, registered.ThingName, registered.CertificateId),
        IdentityState.Complete complete =>
            new("works", true, complete.ThingName, complete.CertificateId, complete.Template, complete.ProvisionedAt),
        _ => null,
    };
}

/// <summary>The running job execution.</summary>
/// <param name="ThingName">The thing.</param>
/// <param name="JobId">The job.</param>
/// <param name="ExecutionNumber">Which run of the job on this thing.</param>
/// <param name="Step">The running step, from 1; 0 for none.</param>
/// <param name="Attempt">The attempt of the step.</param>
/// <param name="StepsDone">How many steps have ended.</param>
/// <param name="Outcome">The outcome, if only its acknowledgement is missing: <c>FAILED: reason</c>; null while the job runs.</param>
internal sealed record CurrentJob(
    string ThingName, string JobId, long ExecutionNumber, int Step, int Attempt, int StepsDone, string? Outcome);

/// <summary>A job whose output is kept.</summary>
/// <param name="Directory">The directory of the output.</param>
/// <param name="Name">The job and its execution number, with a hyphen between.</param>
/// <param name="Result">The members of its result as JSON text: status, reason, time; empty while it runs.</param>
/// <param name="Steps">The steps.</param>
internal sealed record KeptJob(
    string Directory, string Name, IReadOnlyList<KeyValuePair<string, string>> Result, IReadOnlyList<KeptStep> Steps);

/// <summary>A step whose output is kept.</summary>
/// <param name="Number">The step, from 1.</param>
/// <param name="Members">The members of its record as JSON text: name, action, end, duration.</param>
internal sealed record KeptStep(int Number, IReadOnlyList<KeyValuePair<string, string>> Members);
