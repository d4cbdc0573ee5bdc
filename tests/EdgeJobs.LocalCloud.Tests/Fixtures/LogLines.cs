using Microsoft.Extensions.Logging;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>A logger whose lines tests can wait for.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> IsIt, TaskCompletionSource<string> Found)> _waiting = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception);
        lock (_gate)
        {
            _lines.Add(line);
            foreach ((Func<string, bool> isIt, TaskCompletionSource<string> found) in _waiting)
            {
                if (isIt(line))
                {
                    found.TrySetResult(line);
                }
            }
        }
    }

    /// <summary>Returns the first line, existing or future, that contains a text.</summary>
    public Task<string> WaitForAsync(string text)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
            {
                return Task.FromResult(line);
            }

            _waiting.Add((line => line.Contains(text, StringComparison.Ordinal), found));
        }

        return found.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public bool Has(string text)
    {
        lock (_gate)
        {
            return _lines.Exists(line => line.Contains(text, StringComparison.Ordinal));
        }
    }
}
