using System.Globalization;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Logging;

/// <summary>
/// Writes each event as one line to standard error. Under systemd, the line starts with a priority for journald (sd-daemon(3)), which
/// adds the time; otherwise it starts with the time in UTC.
/// </summary>
/// <param name="writer">The output.</param>
/// <param name="minimum">The lowest level that is written.</param>
/// <param name="journald">Whether journald reads the lines.</param>
/// <param name="time">The clock.</param>
internal sealed class StderrLogger(TextWriter writer, LogLevel minimum, bool journald, TimeProvider time) : ILogger
{
    // journald splits lines of more than 48 KB (LineMax); a character has at most 3 bytes.
    private const int MaxLength = 15_000;

    private readonly Lock _gate = new();

    /// <summary>The lowest level that is written. It can change at any time.</summary>
    public LogLevel Minimum { get; set; } = minimum;

    /// <summary>A logger for the process's standard error.</summary>
    public static StderrLogger Create(LogLevel minimum, TimeProvider time) =>
        new(StandardOutput.Error(), minimum, Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null, time);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= Minimum && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        // Always one line, without secrets, whatever the text of a peer contains.
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
