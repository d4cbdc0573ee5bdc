using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary>
/// <c>edgejobs doctor</c> with a Mosquitto whose access rules lack one line: it names the missing permission. The rules of
/// Mosquitto distinguish between sending, delivery and (with roles) subscriptions.
/// </summary>
public sealed class DoctorOnMosquittoTests : IAsyncLifetime
{
    private const string Thing = "board-1";

    /// <summary>The bytes that the board sends up to its last subscription, and more.</summary>
    private const int InUse = 1_420;

    private readonly TestDirectory _directory = new();
    private readonly List<IAsyncDisposable> _running = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _running.Reverse();
        foreach (IAsyncDisposable process in _running)
        {
            await process.DisposeAsync();
        }

        _directory.Dispose();
    }

    [Theory]
    [InlineData("get", "get", "topic/$aws/things/board-1/jobs/get ")]
    [InlineData("+/get", "describe", "topic/$aws/things/board-1/jobs/$next/get ")]
    [InlineData("+/update", "update", "topic/$aws/things/board-1/jobs/edgejobs-doctor-")]
    [InlineData("start-next", "start-next", "topic/$aws/things/board-1/jobs/start-next ")]
    public async Task Request_that_the_rules_forbid(string missing, string check, string resource)
    {
        Diagnosis found = await DiagnoseAsync(
            MosquittoRules.Text.Replace($"pattern write $aws/things/%u/jobs/{missing}\n", "", StringComparison.Ordinal));

        found.AssertFirstFault(check, 4, "0x87 NotAuthorized", "iot:Publish", resource);
        Assert.Equal([check], found.Names("failed"));
    }

    [Theory]
    [InlineData("get/+", "get")]
    [InlineData("start-next/+", "start-next")]
    public async Task Reply_that_the_rules_do_not_deliver(string missing, string check)
    {
        Diagnosis found = await DiagnoseAsync(
            MosquittoRules.Text.Replace($"pattern read $aws/things/%u/jobs/{missing}\n", "", StringComparison.Ordinal));

        found.AssertFirstFault(check, 4, "no reply", "iot:Receive", $"topic/$aws/things/board-1/jobs/{missing.Replace('+', '*')}");
        Assert.Equal([check], found.Names("failed"));
    }

    /// <summary>
    /// With Mosquitto: the server of MQTTnet may close a new connection without a session when the one before it is lost.
    /// </summary>
    [Theory]
    [InlineData(FaultKind.Cut)]
    [InlineData(FaultKind.Reset)]
    public async Task Connection_lost_after_the_subscriptions(FaultKind kind)
    {
        Diagnosis found = await DiagnoseAsync(MosquittoRules.Text, new LineFault(kind, Up: true, After: InUse));

        // The other requests use another connection.
        Assert.True(found.Names("failed").Count() == 1, found.Text);
        (string name, string _, string message) = found.Checks.Single(c => c.Outcome == "failed");
        Assert.Contains(name, (string[])["subscribe", "get", "describe", "update", "start-next"]);
        Assert.Matches("^the connection (to the server )?was lost", message);
        Assert.Equal(3, found.ExitCode);
    }

    private async Task<Diagnosis> DiagnoseAsync(string rules, LineFault? fault = null)
    {
        MosquittoBroker broker = await MosquittoBroker.StartAsync(rules);
        _running.Add(broker);
        CloudProcess cloud = await CloudProcess.StartAttachedAsync(broker, broker.Certificates.IssueClient(MosquittoRules.Service));
        _running.Add(cloud);
        await cloud.RegisterThingAsync(Thing);
        CertificateFiles thing = broker.Certificates.IssueClient(Thing);
        ThingFiles files = new(Thing, broker.Certificates.CaFile, thing.Certificate, thing.Key);
        FaultProxy line = FaultProxy.To(cloud.Mqtts.Port, new FaultSchedule(fault is null ? [] : [fault]));
        _running.Add(line);
        Diagnosis found =
            await Diagnosis.OfAsync([.. files.FlagsFor(new Uri($"mqtts://127.0.0.1:{line.Port}")), "--data_dir", _directory["agent"]]);
        Assert.Equal(fault is null ? 0 : 1, line.Happened);
        return found;
    }
}
