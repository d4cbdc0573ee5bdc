using System.Globalization;
using System.Runtime.InteropServices;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The identity that a board got by provisioning: where it is, and how it is come by.</summary>
internal static class BoardIdentity
{
    private const string ClaimClientPrefix = "edgejobs-claim-";

    /// <summary>The settings with the identity in them, as far as the board has one: nothing is asked of the service.</summary>
    /// <param name="settings">The settings as they were read.</param>
    /// <param name="dataDirectory">The agent's own directory; it need not exist.</param>
    /// <returns>The same settings when they name a certificate; null when the board has no identity yet.</returns>
    /// <exception cref="UsageException">What is on the disk can't be read.</exception>
    public static AgentSettings? Find(AgentSettings settings, string dataDirectory)
    {
        if (settings.Provisioning is null)
        {
            return settings;
        }

        IdentityStore store = new(dataDirectory);
        return store.Load() is IdentityState.Complete complete ? WithIdentity(settings, store, complete) : null;
    }

    /// <summary>The settings with the identity in them; a board that has none gets one.</summary>
    /// <param name="settings">The settings as they were read.</param>
    /// <param name="dataDirectory">The agent's own directory, which this process holds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Where jitter, client ids and tokens come from.</param>
    /// <param name="logger">The operator's log.</param>
    /// <returns>The settings, or the exit code when there is no identity to be had: why is in the log.</returns>
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
            (IdentityState.Complete? identity, int code, string fault) = await ProvisionAsync(settings, store, dataDirectory, time, random, logger, stopping.Token).ConfigureAwait(false);
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
            // A disk that is full may have room later: the supervisor is to start the agent again.
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

    /// <summary>How to connect with the claim certificate.</summary>
    /// <param name="settings">The settings as they were read, with a template in them.</param>
    /// <param name="dataDirectory">The agent's own directory; it need not exist.</param>
    /// <param name="random">Where the client id comes from, unless the settings name one.</param>
    /// <exception cref="UsageException">The claim certificate or its key is not named.</exception>
    public static MqttConnectionOptions Claim(AgentSettings settings, string dataDirectory, Random random)
    {
        ProvisioningSettings provisioning = settings.Provisioning!;
        if (provisioning.ClaimCertificate is null || provisioning.ClaimKey is null)
        {
            throw new UsageException(
                $"the board has no identity in {new IdentityStore(dataDirectory).Directory} yet; to get one, give the claim certificate with --claim_cert FILE and its private key with --claim_key FILE");
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

    /// <summary>What is said of an identity's files, said of the claim's: the flags have other names.</summary>
    public static string OfClaim(string message) =>
        message.Replace("--cert", "--claim_cert", StringComparison.Ordinal).Replace("--key", "--claim_key", StringComparison.Ordinal);

    private static async Task<(IdentityState.Complete? Identity, int ExitCode, string Fault)> ProvisionAsync(
        AgentSettings settings, IdentityStore store, string dataDirectory, TimeProvider time, Random random, ILogger logger, CancellationToken cancellationToken)
    {
        ProvisioningSettings provisioning = settings.Provisioning!;
        MqttConnectionOptions claim = Claim(settings, dataDirectory, random);
        ValueMap<string> parameters = ProvisioningParameters.Read(provisioning.Parameters);
        AgentLog.Provisioning(logger, provisioning.Template, claim.ClientId, claim.Server);
        string? thingName = settings.ThingName.Length > 0 ? settings.ThingName : null;
        ProvisioningMachine machine = new(provisioning.Template, thingName, provisioning.IsKeyOfService);
        await using ProvisioningClient service = new(
            provisioning, parameters, claim, name => Connection(settings, store, name) with { CleanStart = true, SessionExpiry = TimeSpan.Zero }, time, random, logger)
        {
            WaitsForServer = settings.WaitForServer,
        };
        return await new Provisioner(machine, store, service, new RetryBackoff(random), time, logger, settings.WaitForServer ? int.MaxValue : Provisioner.MaxAttempts).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static AgentSettings WithIdentity(AgentSettings settings, IdentityStore store, IdentityState.Complete identity)
    {
        foreach (string file in new[] { store.CertificateFile, store.KeyFile })
        {
            if (!File.Exists(file))
            {
                throw new UsageException(
                    $"{file}: is missing, though the board was provisioned as the thing '{identity.ThingName}'; restore it, or remove {store.Directory} to provision the board anew, which makes another certificate");
            }
        }

        string thing = settings.ThingName.Length > 0 ? settings.ThingName : identity.ThingName;
        return settings with { ThingName = thing, Connection = Connection(settings, store, thing) };
    }

    private static MqttConnectionOptions Connection(AgentSettings settings, IdentityStore store, string thingName) => settings.Connection with
    {
        CertificateFile = store.CertificateFile,
        KeyFile = store.KeyFile,
        ClientId = settings.Connection.ClientId.Length > 0 ? settings.Connection.ClientId : thingName,
    };
}
