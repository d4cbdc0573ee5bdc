using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Host;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Commands;

/// <summary><c>edgejobs run</c>.</summary>
internal static class RunCommand
{
    /// <summary>Builds the agent and runs it.</summary>
    /// <param name="words">The arguments after the command.</param>
    /// <param name="handlers">The handlers of job operations.</param>
    /// <param name="time">The clock.</param>
    /// <param name="build">The version and the commit.</param>
    /// <exception cref="UsageException">The settings are not valid.</exception>
    public static async Task<int> RunAsync(string[] words, JobHandlers handlers, TimeProvider time, string build)
    {
        InheritedState.TakeSignals();
        InheritedState.TakeFileMode();
        ulong? stepCore = InheritedState.ForbidCore();
        ServiceNotifier? notifier = ServiceNotifier.Open();
        if (notifier is not null)
        {
            // As a service. An agent in a terminal can be examined by its user.
            Libc.HideMemory();
        }

        IdleMemoryTrimmer.ShareHeaps();
        AgentSettings read = SettingsReader.ReadRun(words, out SettingValues values);
        string directory = DataDirectory.PathFor(read.DataDirectory);

        // Steps get the real HOME.
        IDictionary environment = Environment.GetEnvironmentVariables();
        bool hasNoHandlers = handlers.Kinds.Count == 0;

        // Handlers get the system's own clock: the callbacks of their timers may be slow.
        TimeProvider clock = time == TimeProvider.System ? new AgentClock() : time;
        StderrLogger logger = StderrLogger.Create(read.LogLevel, clock);
        SelfUpdate? update = null;
        if (hasNoHandlers && !RuntimeFeature.IsDynamicCodeSupported)
        {
            ProgramStart start = new(AgentVersion.Current, words, environment, Environment.ProcessPath ?? string.Empty)
            {
                CoreLimit = stepCore,
            };
            update = SelfUpdate.Begin(directory, start, logger);
        }

        if (hasNoHandlers)
        {
            RuntimeTuning.ReceiveInline();
            RuntimeTuning.SkipUserTrust();
        }

        if (hasNoHandlers && read.Connection.CaFile is not null)
        {
            RuntimeTuning.SkipSystemTrust();
        }

        // After the change of the environment, which OpenSSL may read.
        TlsLibrary.Prepare();
        using ServiceStatus service = new(notifier, clock);
        using PosixSignalRegistration reload = ConfigurationReload.On(words, values, logger, service);
        using DataDirectory data = DataDirectory.Open(directory);
        service.Ready(read.Connection.Server);
        (AgentSettings? settings, int code) =
            await BoardIdentity.ObtainAsync(read, data.Path, clock, Random.Shared, logger).ConfigureAwait(false);
        if (settings is null)
        {
            return code;
        }

        JobArchive? archive = settings.KeepJobs == 0
            ? null
            : new JobArchive(Path.Combine(data.Path, JobArchive.DirectoryName), settings.MaxOutputBytes, settings.KeepJobs, clock);
        ProcessStepRunner steps = new(new ProcessStepOptions
        {
            HandlerDirectory = Path.GetFullPath(settings.HandlerDirectory),
            WorkingDirectory = data.Path,
            Environment = environment,
            Grace = settings.StopGrace,
            Time = clock,
            AdoptOrphans = true,
            UseCgroups = true,
            RunningStepFile = Path.Combine(data.Path, RunningStepFile.FileName),
            IsJobUnderWay = data.Journal.State is not null,
            Limits = settings.Limits,
            Policy = settings.Policy,
            CoreLimit = stepCore,
            Archive = archive,
            Logger = logger,
        });
        JobDocumentReader documents = new(handlers.Kinds, steps.FindFault);
        OperationStepRunner runner = new(steps, settings.StopGrace, logger, time, settings.Policy);
        DownloadOptions updates = new()
        {
            Connection = settings.Connection,
            DataDirectory = data.Path,
            Policy = settings.Policy,
            TrustedKeys = settings.TrustedKeys is { } keys ? Path.GetFullPath(keys) : null,
            Time = clock,
            Backoff = new RetryBackoff(Random.Shared),
            CertificateHosts = settings.CertificateHosts,
            BytesPerSecond = settings.DownloadBytesPerSecond,
            Logger = logger,
        };
        if (environment["PATH"] is string path)
        {
            updates = updates with { SearchPath = path };
        }

        RebootStepRunner reboots = new(runner, new RebootOptions { DataDirectory = data.Path, Time = clock });
        InstallStepRunner installs = new(new HealthCheckStepRunner(reboots, updates), updates);
        DownloadStepRunner downloads = new(installs, updates);
        if (data.Journal.State is null)
        {
            downloads.DiscardLeftover();
            update?.DiscardLeftover();
        }

        UpdateAgentStepRunner all = new(downloads, updates, update);
        RunningAgent agent =
            new(build, settings, documents, data, all, logger, clock, Random.Shared, archive, steps.FindDenied, service, update);
        return await agent.RunAsync().ConfigureAwait(false);
    }
}
