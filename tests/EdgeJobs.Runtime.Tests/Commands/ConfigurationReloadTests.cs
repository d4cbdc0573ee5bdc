using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Tests.Commands;

/// <summary>SIGHUP.</summary>
public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly StringWriter _written = new();

    public void Dispose()
    {
        _directory.Dispose();
        _written.Dispose();
    }

    [Fact]
    public void The_log_level_changes_at_once_what_else_has_changed_is_named_and_a_bad_file_changes_nothing()
    {
        string file = _directory.Write("c.json", """{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t"}""");
        string[] words = ["--config", file];
        AgentSettings used = SettingsReader.ReadRun(words);
        StderrLogger logger = new(_written, LogLevel.Information, journald: true, TimeProvider.System);

        _directory.Write("c.json", """{"endpoint": "other", "cert": "c", "key": "k", "thing_name": "t", "log_level": "debug", "stop_grace": 3, "poll_interval": 0}""");
        ConfigurationReload.Reload(words, used, logger);
        Assert.Equal(LogLevel.Debug, logger.Minimum);
        Assert.Contains("the log level is Debug; endpoint, stop_grace, poll_interval changed and will be used from the next start", _written.ToString(), StringComparison.Ordinal);

        _directory.Write("c.json", "{");
        ConfigurationReload.Reload(words, used, logger);
        Assert.Equal(LogLevel.Debug, logger.Minimum);
        Assert.Contains("all stays as it was", _written.ToString(), StringComparison.Ordinal);
    }
}
