using System.Text;
using System.Text.Json.Nodes;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

internal sealed record Received(string Topic, JsonObject Json)
{
    public static Received Of(string topic, ReadOnlySpan<byte> payload) =>
        new(topic, JsonNode.Parse(Encoding.UTF8.GetString(payload))!.AsObject());

    /// <summary>The last two levels of the topic, or one for notifications.</summary>
    public string Kind => Topic.EndsWith("/notify", StringComparison.Ordinal) ? "notify"
        : Topic.EndsWith("/notify-next", StringComparison.Ordinal) ? "notify-next"
        : Topic[(Topic.IndexOf("/jobs/", StringComparison.Ordinal) + "/jobs/".Length)..];

    public override string ToString() => $"{Topic} {Json.ToJsonString()}";
}
