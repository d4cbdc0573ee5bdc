using System.Text.Json.Nodes;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The sample policy of the jobs program in the AWS C++ SDK, filled in as its text requires: it allows client ids that start
/// with <c>test-</c>.
/// </summary>
internal static class SamplePolicy
{
    private const string Arn = "arn:aws:iot:eu-central-1:123456789012:";

    /// <param name="thing">The thing whose jobs it allows.</param>
    /// <param name="without">The action whose statement is omitted; null for none.</param>
    public static string For(string thing, string? without = null)
    {
        JsonArray statements = [];
        Add("iot:Publish", "topic/", "start-next", "*/update", "*/get", "get");
        Add("iot:Receive", "topic/", "notify-next", "start-next/*", "*/update/*", "get/*", "*/get/*");
        Add("iot:Subscribe", "topicfilter/", "notify-next", "start-next/*", "*/update/*", "get/*", "*/get/*");
        if (without != "iot:Connect")
        {
            statements.Add(new JsonObject { ["Effect"] = "Allow", ["Action"] = "iot:Connect", ["Resource"] = Arn + "client/test-*" });
        }

        return new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statements }.ToJsonString();

        void Add(string action, string kind, params string[] topics)
        {
            if (action != without)
            {
                JsonArray resources = [.. topics.Select(topic => JsonValue.Create($"{Arn}{kind}$aws/things/{thing}/jobs/{topic}"))];
                statements.Add(new JsonObject { ["Effect"] = "Allow", ["Action"] = action, ["Resource"] = resources });
            }
        }
    }
}
