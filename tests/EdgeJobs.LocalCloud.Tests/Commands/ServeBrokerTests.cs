using System.Net;
using System.Text;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary><c>edgejobs-cloud serve --broker</c>: the Jobs service on an external broker.</summary>
[Trait("Category", "Integration")]
public sealed class ServeBrokerTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Devices_of_an_external_broker_are_served_over_mutual_tls()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        CertificateFiles identity = broker.Certificates.IssueClient("edgejobs-cloud");
        string url = $"mqtts://127.0.0.1:{broker.TlsPort}";
        await using ChildProcess cloud = ChildProcess.Start(
            CloudProcess.Program,
            ["serve", "--data", _directory["data"], "--http_port", "0", "--broker", url,
             "--broker_ca", broker.Certificates.CaFile, "--broker_cert", identity.Certificate, "--broker_key", identity.Key]);
        string ready = await cloud.WaitForLineAsync(line => line.StartsWith("READY", StringComparison.Ordinal), "the cloud's READY");
        Assert.StartsWith($"READY {url} http://127.0.0.1:", ready, StringComparison.Ordinal);

        string http = ready.Split(' ')[2];
        ChildResult created = await CloudServer.RunAsync("thing", "create", "b1", "--out", _directory["certs"], "--url", http);
        Assert.Contains($"--endpoint 127.0.0.1:{broker.TlsPort} ", created.Output, StringComparison.Ordinal);

        await using MqttDevice device = new();
        await device.ConnectAsync(new IPEndPoint(IPAddress.Loopback, broker.PlainPort), "b1");
        await device.SubscribeAsync("$aws/things/b1/jobs/start-next/+");
        await device.PublishAsync("$aws/things/b1/jobs/start-next", Encoding.UTF8.GetBytes("""{"clientToken":"t"}"""));
        Assert.Equal("$aws/things/b1/jobs/start-next/accepted", (await device.NextMessageAsync()).Topic);

        await CloudServer.SignalAsync(cloud, "TERM");
        Assert.Equal(0, (await cloud.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task Built_in_broker_also_runs_if_its_port_is_given()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using CloudServer cloud =
            await CloudServer.StartAsync(_directory["data"], "--broker", $"mqtt://127.0.0.1:{broker.PlainPort}");
        Assert.NotEqual(broker.PlainPort, cloud.Mqtt.Port);
    }

    [Theory]
    [InlineData("--broker nowhere", 2, "--broker nowhere: expected an address such as")]
    [InlineData("--broker http://127.0.0.1", 2, "--broker http://127.0.0.1")]
    [InlineData("--broker_ca x.pem", 2, "--broker_ca requires --broker")]
    [InlineData("--broker mqtts://h --broker_ca /no/ca.pem", 2, "can't use --broker_ca /no/ca.pem")]
    [InlineData("--broker mqtts://h --broker_cert /no/c.pem", 2, "--broker_cert and --broker_key must be given together")]
    [InlineData("--broker mqtts://h --broker_cert /no/c.pem --broker_key /no/c.key", 2, "can't use --broker_cert /no/c.pem")]
    [InlineData("--broker mqtt://h --broker_ca /no/ca.pem", 2, "require TLS; use mqtts://")]
    [InlineData("--broker mqtt://127.0.0.1:1", 3, "127.0.0.1:1")]
    public async Task Each_fault_prints_one_line_and_sets_the_exit_code(string flags, int exitCode, string message)
    {
        ChildResult result = await CloudServer.RunAsync(["serve", "--data", _directory["data"], "--http_port", "0", .. flags.Split(' ')]);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
        Assert.Equal(string.Empty, result.Output);
    }
}
