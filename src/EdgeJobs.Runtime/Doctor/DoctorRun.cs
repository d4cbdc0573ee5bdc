using EdgeJobs.Client;
using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Status;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>Looks at all that a board needs to get its jobs, from its files to a round trip to the service, as far as it goes.</summary>
/// <param name="report">Where the findings go.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Where request tokens come from.</param>
internal sealed class DoctorRun(DoctorReport report, TimeProvider time, Random random)
{
    private const string Agent = "agent";

    /// <summary>Looks at everything.</summary>
    /// <param name="settings">The agent's settings.</param>
    /// <param name="hasOwnClientId">Whether the client id was given for this look alone, so that no agent is disturbed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(AgentSettings settings, bool hasOwnClientId, CancellationToken cancellationToken)
    {
        MqttConnectionOptions connection = settings.Connection;
        report.Add(DoctorCheck.Pass(
            "settings",
            $"thing '{settings.ThingName}', client id '{connection.ClientId}', {connection.Host}, MQTT {(connection.Version == MqttVersion.V5 ? "5" : "3.1.1")}"));
        string directory = RunCommand.OwnOrDefault(settings.DataDirectory);
        report.Add(UserCheck.Run(directory));
        report.Add(DataDirectoryCheck.Run(directory, out int? holder));
        report.Add(ClockCheck.Run(time));
        bool hasIdentity = true;
        foreach (CredentialCheck check in CredentialInspection.Inspect(connection, time))
        {
            hasIdentity &= check.Outcome != CheckOutcome.Failed;
            report.Add(new DoctorCheck(
                NameOf(check.Aspect), check.Outcome, check.Message, check.Outcome == CheckOutcome.Failed ? ExitCode.Usage : 0));
        }

        if (!hasIdentity)
        {
            report.Skip(StageName.After(ConnectStage.Credentials, connection.Proxy is not null), "not reached: the files above come first");
            return;
        }

        if (holder is { } process)
        {
            if (!hasOwnClientId && AgentSockets.HasConnection(process) != false)
            {
                report.Add(DoctorCheck.Pass(Agent, $"process {process} runs with this data directory, and is connected"));
                report.Skip(
                    StageName.After(ConnectStage.Credentials, connection.Proxy is not null),
                    $"would end the connection of the agent, which has the client id '{connection.ClientId}'; stop the agent first (systemctl stop edgejobs), or give a --client_id of its own that the policy allows");
                return;
            }

            report.Add(DoctorCheck.Pass(Agent, $"process {process} runs with this data directory"));
        }

        await using ConnectionWalk walk = new(settings, report, time, random);
        await walk.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string NameOf(CredentialAspect aspect) => aspect switch
    {
        CredentialAspect.CertificateFile => "certificate",
        CredentialAspect.CertificateDates => "dates",
        CredentialAspect.CertificateChain => "chain",
        CredentialAspect.KeyFile => "key",
        CredentialAspect.KeyPermissions => "key mode",
        CredentialAspect.KeyMatch => "key match",
        _ => "ca file",
    };
}
