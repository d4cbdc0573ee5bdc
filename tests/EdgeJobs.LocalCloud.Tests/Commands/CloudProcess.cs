using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary>A running <c>edgejobs-cloud serve</c> on free ports with a data directory of its own.</summary>
internal sealed class CloudProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly string _directory;

    private CloudProcess(Process process, string directory)
    {
        _process = process;
        _directory = directory;
    }

    /// <summary>Everything it said on stdout before the test went on: the one line.</summary>
    public string ReadyLine { get; private set; } = string.Empty;

    /// <summary>Plain MQTT.</summary>
    public Uri Mqtt => Address("mqtt");

    /// <summary>MQTT over mutual TLS.</summary>
    public Uri Mqtts => Address("mqtts");

    /// <summary>The REST API.</summary>
    public Uri Http => Address("http");

    /// <summary>What it has logged.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>A new directory for the data of clouds; the test deletes it.</summary>
    public static string NewDirectory() => Directory.CreateTempSubdirectory("edgejobs-cloud-test-").FullName;

    /// <summary>Starts a cloud and waits until its ports accept.</summary>
    public static async Task<CloudProcess> StartAsync(string dataDirectory, params string[] more)
    {
        string[] arguments = ["serve", "--data", dataDirectory, "--mqtt_port", "0", "--mqtts_port", "0", "--http_port", "0", .. more];
        Process process = new() { StartInfo = CloudBinary.StartInfo(CloudBinary.Path, arguments) };
        CloudProcess cloud = new(process, dataDirectory);
        process.ErrorDataReceived += cloud.Keep;
        process.Start();
        process.BeginErrorReadLine();
        using CancellationTokenSource deadline = new(CloudBinary.Deadline);
        string? line = await process.StandardOutput.ReadLineAsync(deadline.Token);
        if (line is null)
        {
            await process.WaitForExitAsync(deadline.Token);
            throw new InvalidOperationException($"the cloud ended with {process.ExitCode} before it was ready:\n{cloud.Log}");
        }

        cloud.ReadyLine = line;
        return cloud;
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    /// <returns>The exit code, and what stdout held after the first line.</returns>
    public async Task<(int ExitCode, string MoreOutput)> EndAsync(PosixSignal signal)
    {
        int number = signal == PosixSignal.SIGINT ? 2 : 15;
        Assert.Equal(0, Kill(_process.Id, number));
        using CancellationTokenSource deadline = new(CloudBinary.Deadline);
        string more = await _process.StandardOutput.ReadToEndAsync(deadline.Token);
        await _process.WaitForExitAsync(deadline.Token);
        return (_process.ExitCode, more);
    }

    /// <summary>Ends it with SIGKILL: it can do nothing any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        using CancellationTokenSource deadline = new(CloudBinary.Deadline);
        await _process.WaitForExitAsync(deadline.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ReadyLine} ({_directory})";

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);

    private Uri Address(string scheme) =>
        new(ReadyLine.Split(' ').Single(word => word.StartsWith(scheme + "://", StringComparison.Ordinal)));

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is not null)
        {
            lock (_log)
            {
                _log.Append(e.Data).Append('\n');
            }
        }
    }
}
