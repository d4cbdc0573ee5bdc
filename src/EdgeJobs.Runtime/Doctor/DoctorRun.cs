using EdgeJobs.Client;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>Checks everything that a board needs to get its jobs, from its files to requests to the service.</summary>
internal sealed class DoctorRun(DoctorReport report, TimeProvider time, Random random)
{
    private const string Agent = "agent";

    /// <summary>Runs all checks.</summary>
    /// <param name="settings">The agent's settings.</param>
    /// <param name="hasOwnClientId">Whether the client id is only for this run, so that a running agent keeps its connection.</param>
    /// <param name="cancellationToken">Stops the checks.</param>
    /// <exception cref="UsageException">A setting is missing, or a file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(AgentSettings settings, bool hasOwnClientId, CancellationToken cancellationToken)
    {
        string directory = DataDirectory.PathFor(settings.DataDirectory);
        AgentSettings? identified = BoardIdentity.Find(settings, directory);
        MqttConnectionOptions connection = identified?.Connection ?? BoardIdentity.Claim(settings, directory, random);
        IServiceProbe service = identified is null
            ? new ClaimProbe(settings.Provisioning!)
            : new JobsProbe(identified.ThingName, report, time, random);
        string who = identified is null
            ? $"no identity yet, to be provisioned by the template '{settings.Provisioning!.Template}'"
            : $"thing '{identified.ThingName}'";
        report.Add(DoctorCheck.Pass(
            "settings",
            $"{who}, client id '{connection.ClientId}', {connection.Host}, "
                + $"MQTT {(connection.Version == MqttVersion.V5 ? "5" : "3.1.1")}"));
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

        IReadOnlyList<string> unreached = StageName.After(ConnectStage.Credentials, connection.Proxy is not null, service.CheckNames);
        if (!hasFiles)
        {
            report.Skip(unreached, "not reached: fix the files above first");
            return;
        }

        if (holder is { } process)
        {
            bool? isConnected = AgentSockets.HasConnection(process);
            if (!hasOwnClientId && isConnected != false)
            {
                string how = isConnected is null ? "may be connected" : "is connected";
                report.Add(DoctorCheck.Pass(Agent, $"process {process} uses this data directory and {how}"));
                report.Skip(
                    unreached,
                    $"would end the connection of the agent with the client id '{connection.ClientId}'; "
                    + "stop the agent first (systemctl stop edgejobs), or set another --client_id that the policy allows");
                return;
            }

            report.Add(DoctorCheck.Pass(Agent, $"process {process} uses this data directory"));
        }

        await using ConnectionProbe probe = new(connection, service, report, time, random);
        await probe.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool CheckParameters(ProvisioningSettings provisioning)
    {
        const string Parameters = "parameters";
        try
        {
            ValueMap<string> parameters = ProvisioningParameters.Read(provisioning.Parameters);
            report.Add(DoctorCheck.Pass(Parameters, parameters.Count == 0 ? "none" : string.Join(", ", parameters.Keys)));
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
