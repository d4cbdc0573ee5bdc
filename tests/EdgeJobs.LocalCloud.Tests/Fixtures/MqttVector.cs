using System.Text;
using System.Text.Json.Nodes;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>One message of the AWS IoT Jobs MQTT API, from Data/jobs-mqtt-vectors.json.</summary>
internal sealed record MqttVector(string Name, string Topic, bool FromDevice, byte[] Payload, JsonObject? Json, string? Scenario, int Step)
{
    public static IReadOnlyList<MqttVector> All { get; } = Load();

    public long? Timestamp => Json?["timestamp"] is { } timestamp ? (long)timestamp.GetValue<double>() : null;

    public static MqttVector Named(string name) => All.Single(vector => vector.Name == name);

    public static IReadOnlyList<MqttVector> OfScenario(string scenario) =>
        [.. All.Where(vector => vector.Scenario == scenario).OrderBy(vector => vector.Step)];

    public override string ToString() => Name;

    private static List<MqttVector> Load()
    {
        JsonArray all =
            JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "jobs-mqtt-vectors.json")))!.AsArray();
        return [.. all.Select(static node => node!.AsObject()).Select(static vector => new MqttVector(
            (string)vector["name"]!,
            (string)vector["topic"]!,
            (string)vector["direction"]! == "device->service",
            Encoding.UTF8.GetBytes(vector["payloadRaw"] is { } raw ? (string)raw! : vector["payload"]!.ToJsonString()),
            vector["payload"]?.AsObject(),
            (string?)vector["scenario"],
            (int?)vector["step"] ?? 0))];
    }
}
