using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary>A running <c>edgejobs-cloud serve</c> on free ports, with a data directory chosen by the test.</summary>
internal sealed class CloudServer : IAsyncDisposable
{
    private CloudServer(ChildProcess process, string readyLine)
    {
        Process = process;
        ReadyLine = readyLine;
    }

    public ChildProcess Process { get; }

    /// <summary>The READY line.</summary>
    public string ReadyLine { get; }

    public Uri Mqtt => Address("mqtt");

    public Uri Mqtts => Address("mqtts");

    public Uri Http => Address("http");

    /// <summary>Starts a cloud and waits until its ports accept connections.</summary>
    public static async Task<CloudServer> StartAsync(string dataDirectory, params string[] more)
    {
        ChildProcess process = ChildProcess.Start(
            CloudProcess.Program,
            ["serve", "--data", dataDirectory, "--mqtt_port", "0", "--mqtts_port", "0", "--http_port", "0", .. more]);
        try
        {
            return new CloudServer(
                process, await process.WaitForLineAsync(line => line.StartsWith("READY", StringComparison.Ordinal), "the cloud's READY"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of the program and waits for its exit.</summary>
    public static Task<ChildResult> RunAsync(params string[] arguments) => ChildProcess.RunAsync(CloudProcess.Program, arguments);

    /// <summary>Sends a signal, such as INT, to a process.</summary>
    public static async Task SignalAsync(ChildProcess process, string signal)
    {
        ChildResult sent = await ChildProcess.RunAsync("kill", [$"-{signal}", $"{process.Id}"]);
        Assert.True(sent.ExitCode == 0, sent.ToString());
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private Uri Address(string scheme) =>
        new(ReadyLine.Split(' ').Single(word => word.StartsWith(scheme + "://", StringComparison.Ordinal)));
}
