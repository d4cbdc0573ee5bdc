using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Host;

/// <summary>
/// SIGHUP: the configuration is read again. The log level changes at once; what else has changed is named, and is used from
/// the next start, as a job that runs relies on it.
/// </summary>
internal static class ConfigurationReload
{
    /// <summary>Reads it again at each SIGHUP.</summary>
    /// <param name="words">The command line behind the command.</param>
    /// <param name="used">The settings that the agent runs with, as they were written.</param>
    /// <param name="logger">The operator's log, whose level changes.</param>
    public static PosixSignalRegistration On(string[] words, SettingValues used, StderrLogger logger) => PosixSignalRegistration.Create(
        PosixSignal.SIGHUP,
        context =>
        {
            context.Cancel = true;
            Reload(words, used, logger);
        });

    /// <summary>Reads it again once.</summary>
    public static void Reload(string[] words, SettingValues used, StderrLogger logger)
    {
        try
        {
            AgentSettings next = SettingsReader.ReadRun(words, out SettingValues values);
            logger.Minimum = next.LogLevel;
            List<string> changed = values.Differences(used);
            AgentLog.Reloaded(
                logger, next.LogLevel, changed.Count == 0 ? "no other setting has changed" : $"{string.Join(", ", changed)} changed and will be used from the next start");
        }
        catch (UsageException e)
        {
            AgentLog.NotReloaded(logger, e.Message);
        }
    }
}
