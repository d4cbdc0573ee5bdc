using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Host;

/// <summary>
/// SIGHUP: reads the configuration again. The log level changes at once; the log names the other settings that have changed, which
/// apply from the next start, because a running job relies on the current ones.
/// </summary>
internal static class ConfigurationReload
{
    /// <summary>Reloads at each SIGHUP.</summary>
    /// <param name="words">The arguments after the command.</param>
    /// <param name="used">The settings that the agent runs with, as they were written.</param>
    /// <param name="logger">The log, whose level changes.</param>
    /// <param name="service">What the service manager knows.</param>
    public static PosixSignalRegistration On(
        string[] words, SettingValues used, StderrLogger logger, ServiceStatus service) => PosixSignalRegistration.Create(
        PosixSignal.SIGHUP,
        context =>
        {
            context.Cancel = true;
            service.Reload(() => Reload(words, used, logger));
        });

    public static void Reload(string[] words, SettingValues used, StderrLogger logger)
    {
        try
        {
            AgentSettings next = SettingsReader.ReadRun(words, out SettingValues values);
            logger.Minimum = next.LogLevel;
            List<string> changed = values.Differences(used);
            AgentLog.Reloaded(
                logger,
                next.LogLevel,
                changed.Count == 0
                    ? "no other setting has changed"
                    : $"{string.Join(", ", changed)} changed and will apply from the next start");
        }
        catch (UsageException e)
        {
            AgentLog.NotReloaded(logger, e.Message);
        }
    }
}
