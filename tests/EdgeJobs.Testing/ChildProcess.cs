using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Testing;

/// <summary>
/// A child process: no standard input, both outputs captured, killed when the test ends. Settings of the agent in the
/// environment of the test (EDGEJOBS__*) are removed from its environment.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private const int Terminate = 15;
    private const int KillNow = 9;
    private const string SettingsPrefix = "EDGEJOBS__";

    private readonly Process _process;
    private readonly string _commandLine;
    private readonly Lock _lock = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly List<Watch> _watches = [];

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _commandLine = start.FileName + " " + string.Join(' ', start.ArgumentList);
    }

    public int Id => _process.Id;

    /// <summary>A value of its <c>/proc/PID/status</c>, in KiB.</summary>
    /// <param name="name">Such as <c>VmRSS</c>, or <c>VmHWM</c> for its peak.</param>
    public int Kilobytes(string name)
    {
        string line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return int.Parse(
            line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture);
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts a program, by its path or its name in PATH, with these variables added to the environment.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] settings = [.. start.Environment.Keys.Where(k => k.StartsWith(SettingsPrefix, StringComparison.OrdinalIgnoreCase))];
        foreach (string setting in settings)
        {
            start.Environment.Remove(setting);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        ChildProcess child = new(start);
        child._process.OutputDataReceived += (_, e) => child.Take(child._output, e.Data);
        child._process.ErrorDataReceived += (_, e) => child.Take(child._errors, e.Data);
        try
        {
            child._process.Start();
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{e.Message}; ./test.sh PROJECT installs what the tests need", e);
        }

        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program and waits for its end.</summary>
    public static async Task<ChildResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        params (string Name, string Value)[] environment)
    {
        await using ChildProcess child = Start(program, arguments, environment);
        return await child.WaitForExitAsync();
    }

    /// <exception cref="TimeoutException">It still runs; the message contains its output.</exception>
    public Task<ChildResult> WaitForExitAsync() => WaitForExitAsync(Wait.Deadline);

    /// <summary>Waits for its end until a deadline.</summary>
    /// <exception cref="TimeoutException">It still runs; the message contains its output.</exception>
    public async Task<ChildResult> WaitForExitAsync(TimeSpan patience)
    {
        using CancellationTokenSource deadline = new(patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"did not end within {patience}: {Describe()}", e);
        }

        return new ChildResult(_process.ExitCode, Output, Errors, _commandLine);
    }

    /// <summary>Returns the first matching line of either output, including lines written before the call.</summary>
    /// <exception cref="TimeoutException">There is no such line.</exception>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> isIt, string what)
    {
        Watch watch = new(isIt);
        lock (_lock)
        {
            _watches.Add(watch);
            foreach (string line in (_output.ToString() + _errors).Split('\n'))
            {
                watch.Check(line);
            }
        }

        Task exit = _process.WaitForExitAsync();
        try
        {
            // Both outputs are complete when the exit is reported.
            await Wait.ForAsync(Task.WhenAny(watch.Found, exit), what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}: {Describe()}", e);
        }

        return watch.Found.IsCompleted
            ? await watch.Found
            : throw new InvalidOperationException(
                $"{what} did not happen before the process ended with exit code {_process.ExitCode}: {Describe()}");
    }

    /// <summary>Polls a condition while the process runs.</summary>
    /// <exception cref="InvalidOperationException">The deadline passed or the process ended first.</exception>
    public async Task WaitUntilAsync(Func<Task<bool>> isIt, string what, TimeSpan? patience = null)
    {
        using CancellationTokenSource deadline = new(patience ?? Wait.Deadline);
        while (!await isIt())
        {
            if (deadline.IsCancellationRequested || !IsRunning)
            {
                throw new InvalidOperationException($"{what} did not happen: {Describe()}");
            }

            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }

    /// <summary>Waits for a file while the process runs.</summary>
    /// <exception cref="InvalidOperationException">The deadline passed or the process ended first.</exception>
    public Task WaitForFileAsync(string file) => WaitUntilAsync(() => Task.FromResult(File.Exists(file)), file);

    /// <summary>Sends SIGKILL to the process alone, which simulates a power cut.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Kills a process that is not a child of the test, such as one under strace.</summary>
    /// <returns>False when it has already ended.</returns>
    public static bool KillById(int id) => Kill(id, KillNow) == 0;

    /// <summary>Sends SIGTERM, as systemd does.</summary>
    public void AskToEnd() => _ = Kill(_process.Id, Terminate);

    public bool IsRunning => !_process.HasExited;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private string Text(StringBuilder text)
    {
        lock (_lock)
        {
            return text.ToString();
        }
    }

    private string Describe() => $"{_commandLine}\n--- stdout\n{Output}--- stderr\n{Errors}";

    private void Take(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            text.Append(line).Append('\n');
            foreach (Watch watch in _watches)
            {
                watch.Check(line);
            }
        }
    }

    private sealed class Watch(Func<string, bool> isIt)
    {
        private readonly TaskCompletionSource<string> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Found => _found.Task;

        public void Check(string line)
        {
            if (!_found.Task.IsCompleted && isIt(line))
            {
                _found.SetResult(line);
            }
        }
    }
}

public sealed record ChildResult(int ExitCode, string Output, string Errors, string CommandLine)
{
    /// <summary>For the message of a failing test.</summary>
    public override string ToString() => $"{CommandLine}\nexit code {ExitCode}\n--- stdout\n{Output}--- stderr\n{Errors}";
}
