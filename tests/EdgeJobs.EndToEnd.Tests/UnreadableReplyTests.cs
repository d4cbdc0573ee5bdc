using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent gets an unreadable or invalid execution: it rejects one that has a valid id, and runs the next one.
/// </summary>
public sealed class UnreadableReplyTests : IDisposable
{
    private const string Thing = "pump-7";
    private const string Jobs = "$aws/things/pump-7/jobs/";
    private const string Good =
        """{"version":"1.0","steps":[{"action":{"name":"s","type":"runCommand","input":{"command":"true"}}}]}""";
    private static readonly string Deep = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);
    private readonly TestDirectory _directory = new();

    public static TheoryData<string, string, string> Unreadable => new()
    {
        { "bad", Deep, "invalid job document: the document is nested deeper than 62 levels" },
        { "bad", "[1,2]", "invalid job document: the document must be a JSON object" },
        { "bad", "\"text\"", "invalid job document: the document must be a JSON object" },
        { "bad", "{},\"queuedAt\":\"yesterday\"", "execution.queuedAt: the value has the wrong JSON type" },
    };

    /// <summary>Invalid job ids: a path, a topic, an escape sequence, a log line, one that is too long.</summary>
    public static TheoryData<string> BadIds => ["../../../pwn/x", "a/+/#", "", "a b", "a\\u001b[2J\\nERROR forged", new string('x', 65)];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task An_unreadable_execution_with_an_id_is_rejected_and_the_next_job_runs(string id, string document, string reason)
    {
        List<string> updates = [];
        ChildResult agent = await RunAsync([Execution(id, document), Execution("good", Good)], updates);
        Assert.True(agent.ExitCode == 1, agent.ToString());
        Assert.Contains(
            updates,
            u => u.StartsWith($"{id} REJECTED ", StringComparison.Ordinal) && u.Contains(reason, StringComparison.Ordinal));
        Assert.Contains(updates, u => u.StartsWith("good SUCCEEDED ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BadIds))]
    public async Task An_invalid_job_id_reaches_no_path_topic_or_log_line(string id)
    {
        List<string> updates = [];
        ChildResult agent = await RunAsync([Execution(id, Good), Execution("good", Good)], updates);
        Assert.True(agent.ExitCode == 0, agent.ToString());
        Assert.All(updates, u => Assert.StartsWith("good ", u, StringComparison.Ordinal));
        Assert.Contains("whose id is not 1 to 64 characters of [a-zA-Z0-9_-]", agent.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', agent.Errors);
        Assert.DoesNotContain("\nERROR forged", agent.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["pwn"]), "the id became a path");
    }

    [Fact]
    public async Task An_unreadable_notification_triggers_a_request()
    {
        bool isTold = false;
        List<string> updates = [];
        TaskCompletionSource succeeded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using TestCertificates certificates = new(_directory.Path);
        await using UnrulyBroker broker = UnrulyBroker.Start(
            async (line, frame) =>
            {
                Note(line, frame, updates, succeeded);
                if (frame.Topic == Jobs + "start-next" && !isTold)
                {
                    // First no job is pending; then there is one whose notification is unreadable.
                    isTold = true;
                    await line.AnswerAsync(frame);
                    line.Document = Good;
                    await line.PublishAsync(Jobs + "notify-next", $"{{\"execution\":{{\"jobDocument\":{Deep}}}}}");
                    return true;
                }

                return false;
            },
            certificates.IssueServer());
        await using ChildProcess agent = Start(broker, certificates);
        await Wait.ForAsync(succeeded.Task, "the job");
    }

    private static string Execution(string id, string document) =>
        $"{{\"jobId\":\"{id}\",\"status\":\"IN_PROGRESS\",\"versionNumber\":2,\"executionNumber\":1,\"jobDocument\":{document}}}";

    private static void Note(UnrulyLine line, MqttFrame frame, List<string> updates, TaskCompletionSource? succeeded = null)
    {
        if (frame.Type == MqttFrame.Publish && frame.Topic.EndsWith("/update", StringComparison.Ordinal))
        {
            JsonNode update = JsonNode.Parse(frame.PayloadOf(line.Version))!;
            updates.Add($"{frame.Topic[Jobs.Length..^"/update".Length]} {update["status"]} {update["statusDetails"]?["reason"]}");
            if ((string?)update["status"] == "SUCCEEDED")
            {
                succeeded?.TrySetResult();
            }
        }
    }

    /// <summary>Answers the first requests for a job with these executions, and later ones with none.</summary>
    private async Task<ChildResult> RunAsync(string[] executions, List<string> updates)
    {
        int next = 0;
        using TestCertificates certificates = new(_directory.Path);
        await using UnrulyBroker broker = UnrulyBroker.Start(
            async (line, frame) =>
            {
                Note(line, frame, updates);
                if (frame.Topic != Jobs + "start-next" || next == executions.Length)
                {
                    return false;
                }

                await line.SendAsync(MqttFrame.Of(0x40, frame.Body.AsSpan(2 + frame.Topic.Length, 2)));
                JsonNode? token = JsonNode.Parse(frame.PayloadOf(line.Version))!["clientToken"];
                await line.PublishAsync(
                    Jobs + "start-next/accepted",
                    $"{{\"execution\":{executions[next++]},\"clientToken\":{token!.ToJsonString()}}}");
                return true;
            },
            certificates.IssueServer());
        await using ChildProcess agent = Start(broker, certificates, "--once");
        return await agent.WaitForExitAsync();
    }

    private ChildProcess Start(UnrulyBroker broker, TestCertificates certificates, params string[] more)
    {
        CertificateFiles thing = certificates.IssueClient(Thing);
        string endpoint = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{broker.Port}");
        string[] identity = ["--thing_name", Thing, "--cert", thing.Certificate, "--key", thing.Key, "--ca_file", certificates.CaFile];
        return AgentBinary.X64.Start(["run", "--endpoint", endpoint, .. identity, "--data_dir", _directory["a/b/c"], .. more]);
    }
}
