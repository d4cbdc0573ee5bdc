using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Logging;

namespace EdgeJobs.Runtime.Commands;

/// <summary>
/// SIGHUP: the configuration is read again. The log level changes at once; what else has changed is named, and is used from
/// the next start, as a job that runs relies on it.
/// </summary>
internal static class ConfigurationReload
{
    /// <summary>Reads it again at each SIGHUP.</summary>
    /// <param name="words">The command line behind the command.</param>
    /// <param name="used">The settings that the agent runs with.</param>
    /// <param name="logger">The operator's log, whose level changes.</param>
    public static PosixSignalRegistration On(string[] words, AgentSettings used, StderrLogger logger) => PosixSignalRegistration.Create(
        PosixSignal.SIGHUP,
        context =>
        {
            context.Cancel = true;
            Reload(words, used, logger);
        });

    /// <summary>Reads it again once.</summary>
    public static void Reload(string[] words, AgentSettings used, StderrLogger logger)
    {
        try
        {
            AgentSettings next = SettingsReader.ReadRun(words);
            logger.Minimum = next.LogLevel;
            string changed = Changed(used, next);
            AgentLog.Reloaded(logger, next.LogLevel, changed.Length == 0 ? "nothing else that is watched has changed" : $"{changed} changed and will be used from the next start");
        }
        catch (UsageException e)
        {
            AgentLog.NotReloaded(logger, e.Message);
        }
    }

    private static string Changed(AgentSettings used, AgentSettings next)
    {
        List<string> names = [];
        AddIf(used.ThingName != next.ThingName, "thing_name");
        AddIf(used.Connection.Host != next.Connection.Host || used.Connection.Port != next.Connection.Port, "endpoint");
        AddIf(used.Provisioning?.Template != next.Provisioning?.Template, "provisioning_template");
        AddIf(used.Connection.CertificateFile != next.Connection.CertificateFile, "cert");
        AddIf(used.Connection.KeyFile != next.Connection.KeyFile, "key");
        AddIf(used.Connection.KeyPassphraseFile != next.Connection.KeyPassphraseFile, "key_passphrase_file");
        AddIf(used.Connection.CaFile != next.Connection.CaFile, "ca_file");
        AddIf(used.Connection.ClientId != next.Connection.ClientId, "client_id");
        AddIf(used.Connection.Version != next.Connection.Version, "mqtt_version");
        AddIf(used.Connection.Proxy != next.Connection.Proxy || used.Connection.NoProxy != next.Connection.NoProxy, "proxy");
        AddIf(used.Connection.SessionExpiry != next.Connection.SessionExpiry, "session_expiry");
        AddIf(used.Connection.CleanStart != next.Connection.CleanStart, "clean_start");
        AddIf(used.WaitForServer != next.WaitForServer, "wait_for_server");
        AddIf(used.Connection.KeepAlive != next.Connection.KeepAlive, "keep_alive");
        AddIf(used.DataDirectory != next.DataDirectory, "data_dir");
        AddIf(used.HandlerDirectory != next.HandlerDirectory, "handler_dir");
        AddIf(used.StopGrace != next.StopGrace, "stop_grace");
        AddIf(used.StepTimer != next.StepTimer, "step_timer");
        AddIf(used.PollInterval != next.PollInterval, "poll_interval");
        return string.Join(", ", names);

        void AddIf(bool hasChanged, string name)
        {
            if (hasChanged)
            {
                names.Add(name);
            }
        }
    }
}
