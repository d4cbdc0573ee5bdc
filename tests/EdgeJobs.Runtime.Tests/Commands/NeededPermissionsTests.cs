using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Commands;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Commands;

/// <summary>
/// Compares the policy with the log of a Mosquitto that the client connects to, subscribes at and publishes to: the policy allows all
/// of that, and no part of it can be removed.
/// </summary>
public sealed class NeededPermissionsTests
{
    private const string Thing = "pump-7";
    private const string ClientId = "test-pump-7";
    private const string Arn = "arn:aws:iot:eu-central-1:123456789012:";

    [Trait("Category", "Integration")]
    [Fact]
    public async Task Each_statement_and_each_resource_is_needed()
    {
        List<(string Action, string Resource)> used = Permissions(await WireLogAsync());
        List<(string Action, string Resource)> granted = Granted();
        Assert.All(used, u => Assert.True(Allows(granted, u), "denied: " + u));

        // Without any single resource, the policy denies something that the client does.
        Assert.All(granted, one => Assert.Contains(used, u => !Allows(granted.Where(g => g != one), u)));
    }

    /// <summary>The broker's log of a client that sends every request once.</summary>
    private static async Task<string> WireLogAsync()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        MqttConnectionOptions options = new() { Host = "localhost", Port = broker.PlainPort, ClientId = ClientId, UseTls = false };
        JobsClient client = new(new JobsClientOptions { ThingName = Thing, Connection = options, Random = new Random(1) });
        Task[] requests;
        await using (client)
        {
            ConnectResult result = await Wait.ForAsync(client.ConnectAsync(default), "the connection");
            Assert.True(result.IsConnected, result.Failure?.Message);
            requests =
            [
                client.GetPendingAsync(default).AsTask(),
                client.StartNextAsync(new StartNextPendingJobExecutionRequest(), default).AsTask(),
                client.DescribeAsync("fw-1", new DescribeJobExecutionRequest(), default).AsTask(),
                client.UpdateAsync("fw-1", new UpdateJobExecutionRequest { Status = JobExecutionUpdateStatus.Succeeded }, default).AsTask(),
            ];

            // Nothing replies; the log shows when the broker has a request.
            using CancellationTokenSource deadline = new(Wait.Deadline);
            while (Regex.Count(broker.Log, "Received PUBLISH from " + ClientId) < requests.Length)
            {
                await Task.Delay(20, deadline.Token);
            }
        }

        await Wait.ForAsync(Task.WhenAll(requests), "the end of the requests");
        return broker.Log;
    }

    /// <summary>The permissions that a broker's log implies.</summary>
    private static List<(string Action, string Resource)> Permissions(string log)
    {
        string[] clients = [.. Regex.Matches(log, @"New client connected from \S+ as (\S+) ").Select(m => m.Groups[1].Value)];
        string[] filters = [.. Regex.Matches(log, @"^\d+: \t(\$aws\S+) \(QoS \d\)", RegexOptions.Multiline).Select(m => m.Groups[1].Value)];
        string[] topics = [.. Regex.Matches(log, @"Received PUBLISH from \S+ \(d\d, q\d, r\d, m\d+, '([^']+)'")
            .Select(m => m.Groups[1].Value)];
        Assert.Equal([ClientId], clients);
        Assert.Equal(5, filters.Length);
        Assert.Equal(4, topics.Length);

        // Replies go to topics below that of the request, and events to topics that are subscribed to without wildcards.
        IEnumerable<string> received = topics.SelectMany(t => new[] { t + "/accepted", t + "/rejected" })
            .Concat(filters.Where(f => !f.Contains('+', StringComparison.Ordinal)));
        return
        [
            .. clients.Select(c => ("iot:Connect", Arn + "client/" + c)),
            .. filters.Select(f => ("iot:Subscribe", Arn + "topicfilter/" + f)),
            .. topics.Select(t => ("iot:Publish", Arn + "topic/" + t)),
            .. received.Select(t => ("iot:Receive", Arn + "topic/" + t)),
        ];
    }

    private static List<(string Action, string Resource)> Granted()
    {
        JsonNode policy = JsonNode.Parse(LeastPrivilegePolicy.ForAgent().Write("eu-central-1", "123456789012", Thing, ClientId))!;
        return
        [
            .. policy["Statement"]!.AsArray().SelectMany(s => s!["Resource"]!.AsArray().Select(r => ((string)s["Action"]!, (string)r!))),
        ];
    }

    /// <summary>Evaluates like AWS IoT: * matches any text; all other characters match only themselves, even the + of a filter.</summary>
    private static bool Allows(IEnumerable<(string Action, string Resource)> granted, (string Action, string Resource) use) =>
        granted.Any(g => g.Action == use.Action && Regex.IsMatch(use.Resource,
        "^" + Regex.Escape(g.Resource).Replace("\\*", ".*", StringComparison.Ordinal) + "$"));
}
