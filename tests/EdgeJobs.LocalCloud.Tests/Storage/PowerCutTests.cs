using System.Net;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Storage;

/// <summary>A cloud that is killed at work has lost nothing that it acknowledged to a device.</summary>
[Trait("Category", "Integration")]
public sealed class PowerCutTests
{
    private const string Jobs = "$aws/things/pump/jobs/";

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(75)]
    public async Task Accepted_updates_survive_a_kill(int updatesBeforeTheCut)
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        await cloud.RegisterThingAsync("pump");
        await cloud.CreateJobAsync("long", "pump", "{}");
        await using MqttDevice before = await ConnectAsync(cloud);
        await before.PublishAsync(Jobs + "start-next", "{}"u8.ToArray());
        Assert.Equal("start-next/accepted", (await before.NextAsync()).Kind);

        // Updates are sent as fast as possible; the cloud is killed after the given number is accepted, with others in flight.
        for (int i = 1; i <= updatesBeforeTheCut * 2; i++)
        {
            string update = $$"""{"clientToken":"{{i}}","statusDetails":{"step":"{{i}}"},"status":"IN_PROGRESS"}""";
            _ = before.PublishAsync(Jobs + "long/update", System.Text.Encoding.UTF8.GetBytes(update));
        }

        Received accepted = await before.NextAsync();
        for (int i = 1; i < updatesBeforeTheCut; i++)
        {
            accepted = await before.NextAsync();
        }

        await cloud.KillAsync();
        while (before.TryNext() is { } late)
        {
            accepted = late;
        }

        Assert.Equal("long/update/accepted", accepted.Kind);
        int last = int.Parse((string)accepted.Json["clientToken"]!, System.Globalization.CultureInfo.InvariantCulture);
        await cloud.StartAgainAsync();
        await using MqttDevice after = await ConnectAsync(cloud);
        await after.PublishAsync(Jobs + "start-next", "{}"u8.ToArray());
        System.Text.Json.Nodes.JsonNode execution = (await after.NextAsync()).Json["execution"]!;
        int stored = int.Parse((string)execution["statusDetails"]!["step"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(stored >= last, $"update {last} was accepted, but {stored} is the last that is known");
        // One update, one version: no update is half stored.
        Assert.Equal(stored + 2, (long)execution["versionNumber"]!);
    }

    private static async Task<MqttDevice> ConnectAsync(CloudProcess cloud)
    {
        MqttDevice device = new();
        await device.ConnectAsync(new IPEndPoint(IPAddress.Loopback, cloud.Mqtt.Port), "pump");
        return device;
    }
}
