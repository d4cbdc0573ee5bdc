using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeJobs.LocalCloud.Demo;

/// <summary>The agent as a child process. Keeps the last lines of its log in memory for error reports.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private const int MaxLogLines = 200;
    private const int Terminate = 15;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Queue<string> _log = new();
    private readonly Action<string>? _onLine;

    private AgentProcess(Process process, Action<string>? onLine)
    {
        _process = process;
        _onLine = onLine;
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts an agent.</summary>
    /// <param name="program">The executable, or a .dll to be run by <c>dotnet</c>.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="workingDirectory">Its working directory.</param>
    /// <param name="onLine">Called with each line of its log, on another thread; may be null.</param>
    public static AgentProcess Start(string program, IReadOnlyList<string> arguments, string workingDirectory, Action<string>? onLine)
    {
        ProcessStartInfo start = new()
        {
            FileName = program,
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            start.FileName = "dotnet";
            start.ArgumentList.Add(program);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = new() { StartInfo = start };
        AgentProcess agent = new(process, onLine);
        process.OutputDataReceived += agent.OnOutput;
        process.ErrorDataReceived += agent.OnOutput;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return agent;
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public IReadOnlyList<string> Log()
    {
        lock (_log)
        {
            return [.. _log];
        }
    }

    /// <summary>Sends SIGTERM, and kills the process tree if the process does not exit within the grace period.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Terminate);
            using CancellationTokenSource timeout = new(Grace);
            try
            {
                await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private void OnOutput(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is not { } line)
        {
            return;
        }

        lock (_log)
        {
            if (_log.Count == MaxLogLines)
            {
                _log.Dequeue();
            }

            _log.Enqueue(line);
        }

        _onLine?.Invoke(line);
    }
}
