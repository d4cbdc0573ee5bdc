using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;

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
    /// <exception cref="UsageException">The settings lack what is needed, or what they name can't be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(AgentSettings settings, bool hasOwnClientId, CancellationToken cancellationToken)
    {
        string directory = DataDirectory.PathFor(settings.DataDirectory);
        AgentSettings? identified = BoardIdentity.Find(settings, directory);
        MqttConnectionOptions connection = identified?.Connection ?? BoardIdentity.Claim(settings, directory, random);
        IServiceProbe questions = identified is null
            ? new ClaimProbe(settings.Provisioning!)
            : new JobsProbe(identified.ThingName, report, time, random);
        string who = identified is null
            ? $"no identity yet, the template '{settings.Provisioning!.Template}' is to give one"
            : $"thing '{identified.ThingName}'";
        report.Add(DoctorCheck.Pass(
            "settings", $"{who}, client id '{connection.ClientId}', {connection.Host}, MQTT {(connection.Version == MqttVersion.V5 ? "5" : "3.1.1")}"));
        report.Add(UserCheck.Run(directory));
        report.Add(DataDirectoryCheck.Run(directory, out int? holder));
        report.Add(ClockCheck.Run(time));
        bool hasFiles = identified is not null || CheckParameters(settings.Provisioning!);
        foreach (CredentialCheck check in CredentialInspection.Inspect(connection, time))
        {
            hasFiles &= check.Outcome != CheckOutcome.Failed;
            report.Add(new DoctorCheck(
                NameOf(check.Aspect),
                check.Outcome,
                identified is null ? BoardIdentity.OfClaim(check.Message) : check.Message,
                check.Outcome == CheckOutcome.Failed ? ExitCode.Usage : 0));
        }

        IReadOnlyList<string> unreached = StageName.After(ConnectStage.Credentials, connection.Proxy is not null, questions.Names);
        if (!hasFiles)
        {
            report.Skip(unreached, "not reached: the files above come first");
            return;
        }

        if (holder is { } process)
        {
            if (!hasOwnClientId && AgentSockets.HasConnection(process) != false)
            {
                report.Add(DoctorCheck.Pass(Agent, $"process {process} runs with this data directory, and is connected"));
                report.Skip(
                    unreached,
                    $"would end the connection of the agent, which has the client id '{connection.ClientId}'; stop the agent first (systemctl stop edgejobs), or give a --client_id of its own that the policy allows");
                return;
            }

            report.Add(DoctorCheck.Pass(Agent, $"process {process} runs with this data directory"));
        }

        await using ConnectionProbe walk = new(connection, questions, report, time, random);
        await walk.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool CheckParameters(ProvisioningSettings provisioning)
    {
        const string Parameters = "parameters";
        try
        {
            ValueMap<string> parameters = ProvisioningParameters.Read(provisioning.Parameters);
            report.Add(DoctorCheck.Pass(Parameters, parameters.Count == 0 ? "the template gets none" : $"the template gets {string.Join(", ", parameters.Keys)}"));
            return true;
        }
        catch (UsageException e)
        {
            report.Add(DoctorCheck.Fail(Parameters, ExitCode.Usage, e.Message));
            return false;
        }
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
