using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Testing;

/// <summary>
/// A program under test as a process of its own: no standard input, both outputs drained from the start, killed with the test.
/// Settings of the agent in the test's own environment do not reach it.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
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

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>A figure of its <c>/proc/PID/status</c>, in units of 1,024 bytes.</summary>
    /// <param name="name">Such as <c>VmRSS</c>, or <c>VmHWM</c> for the highest that was.</param>
    public int Kilobytes(string name)
    {
        string line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return int.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    /// <summary>What it has written to stdout so far.</summary>
    public string Output => Text(_output);

    /// <summary>What it has written to stderr so far.</summary>
    public string Errors => Text(_errors);

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its file, or a name that PATH leads to.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside those of the test.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string setting in start.Environment.Keys.Where(name => name.StartsWith(SettingsPrefix, StringComparison.OrdinalIgnoreCase)).ToList())
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
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ChildResult> RunAsync(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        await using ChildProcess child = Start(program, arguments, environment);
        return await child.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="TimeoutException">It runs on; the message holds what it has written.</exception>
    public Task<ChildResult> WaitForExitAsync() => WaitForExitAsync(Wait.Deadline);

    /// <summary>Waits for its end, for as long as is said.</summary>
    /// <exception cref="TimeoutException">It runs on; the message holds what it has written.</exception>
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

    /// <summary>The first line, of either output, that a test recognises; also when it was written already.</summary>
    /// <exception cref="TimeoutException">No such line came.</exception>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> isIt, string what)
    {
        Watch watch = new(isIt);
        lock (_lock)
        {
            _watches.Add(watch);
            foreach (string line in (_output.ToString() + _errors).Split('\n'))
            {
                watch.Look(line);
            }
        }

        Task exit = _process.WaitForExitAsync();
        try
        {
            // Outputs are at their end when the exit is reported: a line that is still missing then never comes.
            await Wait.ForAsync(Task.WhenAny(watch.Found, exit), what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}: {Describe()}", e);
        }

        return watch.Found.IsCompleted
            ? await watch.Found
            : throw new InvalidOperationException($"{what} did not happen before the process ended with exit code {_process.ExitCode}: {Describe()}");
    }

    /// <summary>Waits, as long as it runs, for what can only be looked for.</summary>
    /// <exception cref="InvalidOperationException">It did not come, or the process ended before.</exception>
    public async Task WaitUntilAsync(Func<Task<bool>> isIt, string what, TimeSpan? patience = null)
    {
        using CancellationTokenSource deadline = new(patience ?? Wait.Deadline);
        while (!await isIt())
        {
            if (deadline.IsCancellationRequested || !IsRunning)
            {
                throw new InvalidOperationException($"{what} did not come: {Describe()}");
            }

            await Task.Delay(LookInterval, CancellationToken.None);
        }
    }

    /// <summary>Waits, as long as it runs, for a file.</summary>
    /// <exception cref="InvalidOperationException">It did not come, or the process ended before.</exception>
    public Task WaitForFileAsync(string file) => WaitUntilAsync(() => Task.FromResult(File.Exists(file)), file);

    /// <summary>Ends it as a power cut would: SIGKILL, to it alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Kills a process that is no child of the test, such as one under strace.</summary>
    /// <returns>False when it has ended by itself.</returns>
    public static bool KillById(int id) => Kill(id, KillNow) == 0;

    /// <summary>Asks it to end, as systemd does: SIGTERM.</summary>
    public void AskToEnd() => _ = Kill(_process.Id, Terminate);

    /// <summary>Whether it still runs.</summary>
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
                watch.Look(line);
            }
        }
    }

    private sealed class Watch(Func<string, bool> isIt)
    {
        private readonly TaskCompletionSource<string> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Found => _found.Task;

        public void Look(string line)
        {
            if (!_found.Task.IsCompleted && isIt(line))
            {
                _found.SetResult(line);
            }
        }
    }
}

/// <summary>How a process ended.</summary>
public sealed record ChildResult(int ExitCode, string Output, string Errors, string CommandLine)
{
    /// <summary>Everything, for the message of a failing test.</summary>
    public override string ToString() => $"{CommandLine}\nexit code {ExitCode}\n--- stdout\n{Output}--- stderr\n{Errors}";
}
