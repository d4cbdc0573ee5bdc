using EdgeJobs.LocalCloud.Tests.Fixtures;
using MQTTnet.Formatter;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

/// <summary>
/// Replays every vector of the API against the service alone and through the broker over mutual TLS, in MQTT 5 and 3.1.1.
/// </summary>
public sealed class VectorTests(Certificates certificates) : IClassFixture<Certificates>
{
    public enum Way
    {
        Direct,
        Mqtt5,
        Mqtt311,
    }

    private static readonly Way[] Ways = [Way.Direct, Way.Mqtt5, Way.Mqtt311];

    public static TheoryData<string, Way> Scenarios() =>
        EveryWay(MqttVector.All.Select(vector => vector.Scenario).OfType<string>().Distinct());

    public static TheoryData<string, Way> Singles() => EveryWay(VectorCases.Singles.Keys);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_matches_the_vectors(string scenario, Way way)
    {
        await using IReplay replay = await StartAsync(way);
        await VectorReplay.ScenarioAsync(replay, scenario);
    }

    [Theory]
    [MemberData(nameof(Singles))]
    public async Task Response_matches_the_vector(string name, Way way)
    {
        await using IReplay replay = await StartAsync(way);
        await VectorReplay.SingleAsync(replay, name);
    }

    [Theory]
    [InlineData(Way.Direct)]
    [InlineData(Way.Mqtt5)]
    [InlineData(Way.Mqtt311)]
    public async Task Expired_step_timer_is_reported(Way way)
    {
        await using IReplay replay = await StartAsync(way);
        await VectorReplay.TimeoutAsync(replay);
    }

    [Fact]
    public void Every_vector_is_covered()
    {
        HashSet<string> replayed = [.. MqttVector.All.Where(vector => vector.Scenario is not null).Select(vector => vector.Name)];
        replayed.UnionWith(VectorCases.Singles.Keys);
        replayed.UnionWith(VectorCases.Singles.Values.Select(single => single.Response));
        replayed.UnionWith(VectorCases.NeverSent.Keys);
        replayed.UnionWith(["timeout.notify", "timeout.notify-next"]);
        Assert.Empty(MqttVector.All.Select(vector => vector.Name).Except(replayed));
    }

    private static TheoryData<string, Way> EveryWay(IEnumerable<string> names)
    {
        TheoryData<string, Way> data = [];
        foreach (string name in names)
        {
            foreach (Way way in Ways)
            {
                data.Add(name, way);
            }
        }

        return data;
    }

    private async Task<IReplay> StartAsync(Way way) => way switch
    {
        Way.Direct => new DirectReplay(),
        Way.Mqtt5 => await BrokerReplay.StartAsync(certificates, MqttProtocolVersion.V500),
        _ => await BrokerReplay.StartAsync(certificates, MqttProtocolVersion.V311),
    };
}
