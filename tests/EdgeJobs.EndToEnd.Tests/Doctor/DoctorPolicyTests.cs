using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary>
/// <c>edgejobs doctor</c> under the sample policy of the AWS SDK: complete, and without one statement, which it names.
/// </summary>
public sealed class DoctorPolicyTests : IAsyncLifetime
{
    private const string Thing = "board-1";
    private const string Jobs = $"$aws/things/{Thing}/jobs/";
    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;

    public async Task InitializeAsync() => _cloud = await CloudProcess.StartAsync();

    public async Task DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task Complete_policy(string version) => (await DiagnoseAsync(null, version)).AssertHealthy();

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task Without_Connect(string version) =>
        (await DiagnoseAsync("iot:Connect", version)).AssertFirstFault("connect", 4, "allow iot:Connect for the client id 'test-1'");

    [Fact]
    public async Task Without_Subscribe()
    {
        Diagnosis found = await DiagnoseAsync("iot:Subscribe", "5");
        found.AssertFirstFault("subscribe", 4, $"allow iot:Subscribe for topicfilter/{Jobs}notify-next");

        // One failed check for each of the five topic filters.
        Assert.Equal(["subscribe", "subscribe", "subscribe", "subscribe", "subscribe"], found.Names("failed"));
    }

    [Fact]
    public async Task Without_Publish()
    {
        Diagnosis found = await DiagnoseAsync("iot:Publish", "5");
        found.AssertFirstFault("get", 4, $"allow iot:Publish for topic/{Jobs}get");
        Assert.Equal(["get", "describe", "update", "start-next"], found.Names("failed"));
    }

    /// <summary>MQTT 3.1.1 has no reason code for this: the server closes the connection.</summary>
    [Fact]
    public async Task Without_Publish_in_MQTT_3_1_1() =>
        (await DiagnoseAsync("iot:Publish", "3")).AssertFirstFault("get", 3, $"allow iot:Publish for topic/{Jobs}get");

    [Fact]
    public async Task Without_Receive()
    {
        Diagnosis found = await DiagnoseAsync("iot:Receive", "5");
        found.AssertFirstFault("get", 4, $"allow iot:Receive for topic/{Jobs}get/*");
        Assert.Equal(["get", "describe", "update", "start-next"], found.Names("failed"));
    }

    private async Task<Diagnosis> DiagnoseAsync(string? without, string version)
    {
        ThingFiles files = await _cloud.CreateThingAsync(Thing, SamplePolicy.For(Thing, without));
        return await Diagnosis.OfAsync(
            [.. files.FlagsFor(_cloud.Mqtts), "--client_id", "test-1", "--data_dir", _directory["agent"], "--mqtt_version", version]);
    }
}
