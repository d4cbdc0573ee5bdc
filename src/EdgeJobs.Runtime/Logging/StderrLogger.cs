using System.Globalization;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Logging;

/// <summary>
/// Writes one line for each event to standard error. Under systemd the line begins with the priority that journald reads
/// (sd-daemon(3)) and leaves the time to journald; elsewhere it begins with the time in UTC.
/// </summary>
/// <param name="writer">Where to.</param>
/// <param name="minimum">What is written: this level and above.</param>
/// <param name="journald">Whether journald reads the lines.</param>
/// <param name="time">The clock.</param>
internal sealed class StderrLogger(TextWriter writer, LogLevel minimum, bool journald, TimeProvider time) : ILogger
{
    // journald splits longer lines (LineMax: 48 KB, of at most 3 bytes a character), and the rest would look like a line of its own.
    private const int MaxLength = 15_000;

    private readonly Lock _gate = new();

    /// <summary>What is written: this level and above. May change at any time.</summary>
    public LogLevel Minimum { get; set; } = minimum;

    /// <summary>A logger to the process's standard error, for journald when systemd has connected it there.</summary>
    public static StderrLogger Create(LogLevel minimum, TimeProvider time) =>
        new(StandardOutput.Error(), minimum, Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null, time);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= Minimum && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        // One event is one line, whatever a peer has put into it, and none shows a secret.
        string message = SafeText.Of(Redaction.Of(formatter(state, exception)), MaxLength);
        lock (_gate)
        {
            if (journald)
            {
                writer.WriteLine($"<{Priority(logLevel)}>{message}");
            }
            else
            {
                string now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
                writer.WriteLine($"{now} {Name(logLevel)} {message}");
            }
        }
    }

    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        LogLevel.Information => "info ",
        _ => "debug",
    };
}
