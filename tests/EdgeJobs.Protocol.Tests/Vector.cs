using System.Text;
using System.Text.Json.Nodes;

namespace EdgeJobs.Protocol.Tests;

/// <summary>One message of the AWS IoT Jobs MQTT API, from Data/jobs-mqtt-vectors.json.</summary>
public sealed record Vector(string Name, string Topic, bool FromDevice, byte[] Payload, JsonObject? Json)
{
    public static IReadOnlyList<Vector> All { get; } = Load();

    public static Vector Named(string name) => All.Single(v => v.Name == name);

    public override string ToString() => Name;

    private static List<Vector> Load()
    {
        JsonArray all =
            JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "jobs-mqtt-vectors.json")))!.AsArray();
        return [.. all.Select(node => node!.AsObject()).Select(v => new Vector(
            (string)v["name"]!,
            (string)v["topic"]!,
            (string)v["direction"]! == "device->service",
            Encoding.UTF8.GetBytes(v["payloadRaw"] is { } raw ? (string)raw! : v["payload"]!.ToJsonString()),
            v["payload"]?.AsObject()))];
    }
}
