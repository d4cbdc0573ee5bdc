using EdgeJobs.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>One line per log entry: UTC time, level, component, message.</summary>
internal sealed class StderrFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "edgejobs";

    /// <summary>Creates the loggers of the process. All output goes to stderr; stdout is for what other programs read.</summary>
    public static ILoggerFactory CreateLoggers(LogLevel minimum) => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(minimum)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddConsole(console =>
        {
            console.FormatterName = FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        })
        .AddConsoleFormatter<StderrFormatter, ConsoleFormatterOptions>()
        .Services.AddSingleton(TimeProvider.System));

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string level = logEntry.LogLevel switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            _ => "error",
        };
        textWriter.Write($"{clock.GetUtcNow():HH:mm:ss.fff} {level} {ShortName(logEntry.Category)}: ");
        textWriter.Write(SafeText.Of(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(" | ");
            textWriter.Write(SafeText.Of(exception.ToString().ReplaceLineEndings(" | ")));
        }

        textWriter.Write('\n');
    }

    private static string ShortName(string category) => category[(category.LastIndexOf('.') + 1)..];
}
