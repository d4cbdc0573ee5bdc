using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary>
/// <c>edgejobs doctor</c> with a Mosquitto whose access rules lack one line: it names the missing permission. The rules of
/// Mosquitto distinguish between sending, delivery and (with roles) subscriptions.
/// </summary>
public sealed class DoctorOnMosquittoTests : IAsyncLifetime
{
    private const string Thing = "board-1";
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

    private async Task<Diagnosis> DiagnoseAsync(string rules)
    {
        MosquittoBroker broker = await MosquittoBroker.StartAsync(rules);
        _running.Add(broker);
        CloudProcess cloud = await CloudProcess.StartAttachedAsync(broker, broker.Certificates.IssueClient(MosquittoRules.Service));
        _running.Add(cloud);
        await cloud.RegisterThingAsync(Thing);
        CertificateFiles thing = broker.Certificates.IssueClient(Thing);
        ThingFiles files = new(Thing, broker.Certificates.CaFile, thing.Certificate, thing.Key);
        return await Diagnosis.OfAsync([.. files.FlagsFor(cloud.Mqtts), "--data_dir", _directory["agent"]]);
    }
}
