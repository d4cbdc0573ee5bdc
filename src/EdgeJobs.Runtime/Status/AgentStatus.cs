using EdgeJobs.Client;
using EdgeJobs.Runtime.Provisioning;

namespace EdgeJobs.Runtime.Status;

/// <summary>What an agent does and did, as its data directory shows it.</summary>
/// <param name="DataDirectory">The directory.</param>
/// <param name="Agent">The agent that runs with the directory; null when none does.</param>
/// <param name="Current">The job execution that is under way, or whose outcome the service has not acknowledged; null when there is none.</param>
/// <param name="JournalFault">What is wrong with the journal; null when nothing is.</param>
/// <param name="DamagedJournals">Journals that were damaged and set aside.</param>
/// <param name="Jobs">The jobs whose output is kept, the newest first.</param>
/// <param name="Certificate">The certificate that the agent last connected with; null when it never did with one.</param>
/// <param name="Identity">The identity that the board got by provisioning; null when it got none.</param>
/// <param name="IsJournalKnown">Whether the journal could be read, or there is none.</param>
/// <param name="Faults">What could not be read, or must not be trusted, and the command that fixes it.</param>
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
    IReadOnlyList<string> Faults);

/// <summary>An agent that runs.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="IsConnected">Whether it has a connection to the server, or to the proxy before it; null when this user may not look.</param>
internal sealed record AgentProcess(int ProcessId, bool? IsConnected);

/// <summary>An identity that a board got by provisioning, or is about to get.</summary>
/// <param name="Progress">How far it has come, in words.</param>
/// <param name="IsComplete">Whether it works.</param>
/// <param name="ThingName">The thing, when it is known.</param>
/// <param name="CertificateId">The certificate, when there is one.</param>
/// <param name="Template">The template, when it is complete.</param>
/// <param name="ProvisionedAt">When it was complete.</param>
internal sealed record ProvisionedIdentity(
    string Progress, bool IsComplete, string? ThingName = null, string? CertificateId = null, string? Template = null, DateTimeOffset? ProvisionedAt = null)
{
    /// <summary>What can be shown of a state: no key and no token.</summary>
    public static ProvisionedIdentity? Of(IdentityState state) => state switch
    {
        IdentityState.KeyMade => new("has a private key and no certificate yet", false),
        IdentityState.Issued issued => new("has a certificate that is not registered yet", false, null, issued.CertificateId),
        IdentityState.Registered registered => new("is registered, but has not connected as that thing yet", false, registered.ThingName, registered.CertificateId),
        IdentityState.Complete complete => new("works", true, complete.ThingName, complete.CertificateId, complete.Template, complete.ProvisionedAt),
        _ => null,
    };
}

/// <summary>The job execution that is under way.</summary>
/// <param name="ThingName">The thing.</param>
/// <param name="JobId">The job.</param>
/// <param name="ExecutionNumber">Which run of the job on this thing.</param>
/// <param name="Step">The step that runs, from 1; 0 when none does.</param>
/// <param name="Attempt">Which attempt at it.</param>
/// <param name="StepsDone">How many steps are over.</param>
/// <param name="Outcome">How it ended, when only the report is missing: <c>FAILED: why</c>; null as long as it runs.</param>
internal sealed record CurrentJob(string ThingName, string JobId, long ExecutionNumber, int Step, int Attempt, int StepsDone, string? Outcome);

/// <summary>A job whose output is kept.</summary>
/// <param name="Directory">Where.</param>
/// <param name="Name">The job and its execution number, with a hyphen between.</param>
/// <param name="Result">What is known of its end, each member as JSON text: status, reason, time; empty as long as it runs.</param>
/// <param name="Steps">Its steps, as they are kept.</param>
internal sealed record KeptJob(string Directory, string Name, IReadOnlyList<KeyValuePair<string, string>> Result, IReadOnlyList<KeptStep> Steps);

/// <summary>A step whose output is kept.</summary>
/// <param name="Number">The step, from 1.</param>
/// <param name="Members">What is known of it, each member as JSON text: name, action, end, duration.</param>
internal sealed record KeptStep(int Number, IReadOnlyList<KeyValuePair<string, string>> Members);
