using System.Net;
using System.Net.Sockets;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary><c>edgejobs-cloud serve</c> as a process.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Prints_ready_when_all_ports_accept_and_exits_cleanly_on_a_signal(string signal)
    {
        await using CloudServer cloud = await CloudServer.StartAsync(_directory.Path);
        Assert.Matches("^READY mqtt://127\\.0\\.0\\.1:\\d+ mqtts://127\\.0\\.0\\.1:\\d+ http://127\\.0\\.0\\.1:\\d+$", cloud.ReadyLine);
        foreach (Uri address in (Uri[])[cloud.Mqtt, cloud.Mqtts, cloud.Http])
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, address.Port);
        }

        await CloudServer.SignalAsync(cloud.Process, signal);
        ChildResult result = await cloud.Process.WaitForExitAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(cloud.ReadyLine + "\n", result.Output);
    }

    [Theory]
    [InlineData("--mqtt_port")]
    [InlineData("--mqtts_port")]
    [InlineData("--http_port")]
    public async Task Port_in_use_is_reported_in_one_line(string flag)
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        List<string> arguments = ["serve", "--data", _directory.Path];
        foreach (string other in (string[])["--mqtt_port", "--mqtts_port", "--http_port"])
        {
            arguments.AddRange([other, other == flag ? port : "0"]);
        }

        ChildResult outcome = await CloudServer.RunAsync([.. arguments]);
        AssertRefused(outcome, $"127.0.0.1:{port}: ");
        Assert.Contains(flag, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_cloud_on_a_data_directory_is_rejected()
    {
        await using CloudServer first = await CloudServer.StartAsync(_directory.Path);
        ChildResult second =
            await CloudServer.RunAsync(["serve", "--data", _directory.Path, "--mqtt_port", "0", "--mqtts_port", "0", "--http_port", "0"]);
        AssertRefused(second, "in use by another edgejobs-cloud");
    }

    [Theory]
    [InlineData("serve --http_port eighty", "--http_port eighty: a port is a number from 0 (any free port) to 65535")]
    [InlineData("serve --colour red", "unknown option --colour")]
    [InlineData("serve --bind nowhere", "--bind nowhere")]
    [InlineData("serve --bind 192.0.2.1 --data DIR --mqtt_port 0 --mqtts_port 0 --http_port 0", "192.0.2.1")]
    [InlineData("serve --data /dev/null/x", "/dev/null/x")]
    [InlineData("surf", "unknown command 'surf'")]
    [InlineData("job", "unknown command 'job'")]
    public async Task Invalid_command_line_prints_one_line_and_exits_with_2(string line, string message)
    {
        ChildResult outcome = await CloudServer.RunAsync(line.Replace("DIR", _directory.Path, StringComparison.Ordinal).Split(' '));
        AssertRefused(outcome, message);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("serve --help")]
    [InlineData("demo --help")]
    [InlineData("thing create --help")]
    [InlineData("job create --help")]
    [InlineData("job show --help")]
    [InlineData("job list --help")]
    [InlineData("job cancel --help")]
    [InlineData("job --help")]
    public async Task Every_command_has_help(string line)
    {
        ChildResult outcome = await CloudServer.RunAsync(line.Split(' '));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("Usage: edgejobs-cloud", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(string.Empty, outcome.Errors);
    }

    private static void AssertRefused(ChildResult outcome, string message)
    {
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(string.Empty, outcome.Output);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Single(outcome.Errors.TrimEnd('\n').Split('\n'));
    }
}
