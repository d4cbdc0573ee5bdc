using System.Globalization;
using System.Runtime.InteropServices;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>Finds the identity that a board got by fleet provisioning, or provisions the board.</summary>
internal static class BoardIdentity
{
    private const string ClaimClientPrefix = "edgejobs-claim-";

    /// <summary>Adds the identity on the disk to the settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="dataDirectory">The data directory; it need not exist.</param>
    /// <returns>The same settings when they name a certificate; null when the board has no identity yet.</returns>
    /// <exception cref="UsageException">The identity can't be read.</exception>
    public static AgentSettings? Find(AgentSettings settings, string dataDirectory)
    {
        if (settings.Provisioning is null)
        {
            return settings;
        }

        IdentityStore store = new(dataDirectory);
        return store.Load() is IdentityState.Complete complete ? WithIdentity(settings, store, complete) : null;
    }

    /// <summary>Adds the identity to the settings. Provisions a board that has none.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="dataDirectory">The data directory, which this process has locked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of jitter, client ids and tokens.</param>
    /// <param name="logger">The agent's log.</param>
    /// <returns>The settings, or an exit code; the log has the reason.</returns>
    /// <exception cref="UsageException">A file can't be used.</exception>
    public static async Task<(AgentSettings? Settings, int ExitCode)> ObtainAsync(
        AgentSettings settings, string dataDirectory, TimeProvider time, Random random, ILogger logger)
    {
        if (Find(settings, dataDirectory) is { } found)
        {
            return (found, ExitCode.Done);
        }

        using CancellationTokenSource stopping = new();
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        IdentityStore store = new(dataDirectory);
        try
        {
            (IdentityState.Complete? identity, int code, string fault) =
                await ProvisionAsync(settings, store, dataDirectory, time, random, logger, stopping.Token).ConfigureAwait(false);
            if (identity is not null)
            {
                return (WithIdentity(settings, store, identity), ExitCode.Done);
            }

            AgentLog.Fault(logger, fault);
            return (null, code);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            AgentLog.Stopped(logger);
            return (null, settings.Mode == RunMode.Forever ? ExitCode.Done : ExitCode.JobFailed);
        }
        catch (IOException e)
        {
            // A full disk may have space later: let the supervisor restart the agent.
            AgentLog.Fault(logger, e.Message);
            return (null, ExitCode.CanNotConnect);
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            AgentLog.StopRequested(logger);
            stopping.Cancel();
        }
    }

    /// <summary>The connection with the claim certificate.</summary>
    /// <param name="settings">The settings, with a template.</param>
    /// <param name="dataDirectory">The data directory; it need not exist.</param>
    /// <param name="random">The source of the client id, unless the settings name one.</param>
    /// <exception cref="UsageException">The settings do not name the claim certificate or its key.</exception>
    public static MqttConnectionOptions Claim(AgentSettings settings, string dataDirectory, Random random)
    {
        ProvisioningSettings provisioning = settings.Provisioning!;
        if (provisioning.ClaimCertificate is null || provisioning.ClaimKey is null)
        {
            throw new UsageException(
                $"the board has no identity in {new IdentityStore(dataDirectory).Directory} yet; "
                + "to get one, give the claim certificate with --claim_cert FILE and its private key with --claim_key FILE");
        }

        return settings.Connection with
        {
            CertificateFile = provisioning.ClaimCertificate,
            KeyFile = provisioning.ClaimKey,
            ClientId = settings.Connection.ClientId.Length > 0
                ? settings.Connection.ClientId
                : ClaimClientPrefix + random.NextInt64().ToString("x16", CultureInfo.InvariantCulture),
            CleanStart = true,
            SessionExpiry = TimeSpan.Zero,
        };
    }

    /// <summary>A message about the identity's files with the flags of the claim's files.</summary>
    public static string OfClaim(string message) =>
        message.Replace("--cert", "--claim_cert", StringComparison.Ordinal).Replace("--key", "--claim_key", StringComparison.Ordinal);

    private static async Task<(IdentityState.Complete? Identity, int ExitCode, string Fault)> ProvisionAsync(
        AgentSettings settings,
        IdentityStore store,
        string dataDirectory,
        TimeProvider time,
        Random random,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        ProvisioningSettings provisioning = settings.Provisioning!;
        MqttConnectionOptions claim = Claim(settings, dataDirectory, random);
        ValueMap<string> parameters = ProvisioningParameters.Read(provisioning.Parameters);
        AgentLog.Provisioning(logger, provisioning.Template, claim.ClientId, claim.Server);
        string? thingName = settings.ThingName.Length > 0 ? settings.ThingName : null;
        ProvisioningMachine machine = new(provisioning.Template, thingName, provisioning.IsKeyOfService);
        await using ProvisioningClient service = new(
            provisioning,
            parameters,
            claim,
            name => Connection(settings, store, name) with { CleanStart = true, SessionExpiry = TimeSpan.Zero },
            time,
            random,
            logger)
        {
            WaitsForServer = settings.WaitForServer,
        };
        int attempts = settings.WaitForServer ? int.MaxValue : Provisioner.MaxAttempts;
        Provisioner provisioner = new(machine, store, service, new RetryBackoff(random), time, logger, attempts);
        return await provisioner.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static AgentSettings WithIdentity(AgentSettings settings, IdentityStore store, IdentityState.Complete identity)
    {
        foreach (string file in new[] { store.CertificateFile, store.KeyFile })
        {
            if (!File.Exists(file))
            {
                throw new UsageException(
                    $"{file}: is missing, although the board was provisioned as the thing '{identity.ThingName}'; restore it, "
                    + $"or remove {store.Directory} to provision the board again, with a new certificate");
            }
        }

        string thing = settings.ThingName.Length > 0 ? settings.ThingName : identity.ThingName;
        return settings with { ThingName = thing, Connection = Connection(settings, store, thing) };
    }

    private static MqttConnectionOptions Connection(AgentSettings settings, IdentityStore store, string thingName) =>
        settings.Connection with
        {
            CertificateFile = store.CertificateFile,
            KeyFile = store.KeyFile,
            ClientId = settings.Connection.ClientId.Length > 0 ? settings.Connection.ClientId : thingName,
        };
}
