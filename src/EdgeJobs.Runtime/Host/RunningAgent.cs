using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Status;
using EdgeJobs.Runtime.Text;
using EdgeJobs.Runtime.Updates;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Host;

/// <summary>The running agent: connects, takes on the thing's jobs one after the other, runs them and reports them.</summary>
/// <param name="build">The version and the commit.</param>
/// <param name="settings">The settings.</param>
/// <param name="documents">Reads job documents.</param>
/// <param name="data">The data directory.</param>
/// <param name="steps">Runs the steps.</param>
/// <param name="logger">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="random">The source of jitter and request tokens.</param>
/// <param name="archive">The record of ended jobs; null to keep none.</param>
/// <param name="findDenied">Returns what in a job the execution policy denies; null if it allows the job.</param>
/// <param name="service">What the service manager knows.</param>
/// <param name="update">The versions of the agent; null if it can't change its version.</param>
internal sealed class RunningAgent(
    string build,
    AgentSettings settings,
    JobDocumentReader documents,
    DataDirectory data,
    IStepRunner steps,
    ILogger logger,
    TimeProvider time,
    Random random,
    JobArchive? archive,
    Func<JobPlan, string?> findDenied,
    ServiceStatus service,
    SelfUpdate? update = null)
{
    private static readonly TimeSpan DisconnectTime = TimeSpan.FromSeconds(2);
    private bool _isSignaled;

    /// <summary>Runs until it is done or stopped by SIGTERM or SIGINT.</summary>
    /// <returns>An exit code of <see cref="ExitCode"/>; faults are logged.</returns>
    public async Task<int> RunAsync()
    {
        AgentLog.Starting(logger, build, Environment.ProcessId, settings.ThingName, settings.Connection.Server);
        ReconnectBackoff backoff = new(random);
        MqttConnectionOptions connection = settings.Connection with
        {
            PortKeeper = new PortFile(data.Path, logger),
            CertificateUsed = new CertificateStatusFile(data.Path, logger).Write,
            ContinueInline = true,
        };
        await using JobsClient client = new(new JobsClientOptions
        {
            ThingName = settings.ThingName,
            Connection = connection,
            Backoff = backoff,
            Time = time,
            Random = random,
            Logger = logger,
            AcknowledgesManually = true,
        });
        JobRequests requests = new(client, documents, BoardFacts.Read(settings.ThingName), logger, findDenied);
        using CancellationTokenSource connecting = new();

        // Not with a JIT compiler, whose memory needs are different.
        using IdleMemoryTrimmer? trimmer =
            RuntimeFeature.IsDynamicCodeSupported ? null : new IdleMemoryTrimmer(time, IdleMemoryTrimmer.Release);
        using JobLoop loop = new(client, requests, steps, data.Journal, Start(), new RetryBackoff(random), time, logger, archive)
        {
            Trimmer = trimmer,
            Service = service,
            Accepted = update is null ? null : update.Confirm,
        };
        if (update is not null)
        {
            update.Stop = loop.RequestStop;
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using PosixSignalRegistration renew = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

        ConnectResult connected;
        try
        {
            FirstConnection first = new(client, settings, backoff, time, logger);
            connected = await first.ConnectAsync(connecting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (connecting.IsCancellationRequested)
        {
            AgentLog.Stopped(logger);
            return settings.Mode == RunMode.Forever ? ExitCode.Done : ExitCode.JobFailed;
        }

        if (!connected.IsConnected)
        {
            AgentLog.Fault(logger, connected.Failure.Message);
            return ExitCode.Of(connected.Failure.Kind);
        }

        (int code, string? fault) = await loop.RunAsync().ConfigureAwait(false);
        if (fault is not null)
        {
            AgentLog.Fault(logger, fault);
        }

        await DisconnectAsync(client).ConfigureAwait(false);
        if (update is { WantsRestart: true } && !_isSignaled)
        {
            // Another program takes this process over. If that fails, the service manager starts it.
            update.Exchange();
        }

        AgentLog.Stopped(logger);
        return code;

        void OnHangUp(PosixSignalContext context)
        {
            context.Cancel = true;
            client.ReconnectIfRenewed();
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            AgentLog.StopRequested(logger);
            _isSignaled = true;
            service.Stopping();
            connecting.Cancel();
            loop.RequestStop();
        }
    }

    private static async Task DisconnectAsync(JobsClient client)
    {
        using CancellationTokenSource timeout = new(DisconnectTime);
        try
        {
            await client.DisconnectAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server detects it.
        }
    }

    private JobState Start() => data.Resume(
        JobMachine.Start(settings.Mode, settings.JobId, settings.StopGrace, settings.StepTimer, settings.PollInterval) with
        {
            ThingName = settings.ThingName,
            Build = build,
        },
        settings.ThingName,
        documents,
        logger);
}
