using System.Text.RegularExpressions;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>A message is acknowledged once its content is stored. Checked in the log of a real Mosquitto.</summary>
[Trait("Category", "Integration")]
public sealed partial class AcknowledgementTests : IAsyncLifetime
{
    private const string Thing = "pump-7";
    private const string Jobs = "$aws/things/pump-7/jobs/";
    private readonly ListLogger _logger = new();
    private MosquittoBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await MosquittoBroker.StartAsync();

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task An_unacknowledged_reply_is_resent_after_a_restart_and_ignored(MqttVersion version)
    {
        await using TestService service = await TestService.StartAsync(_broker, Jobs + "start-next");
        await using (JobsClient client = await ConnectedAsync(version, cleanStart: version == MqttVersion.V5))
        {
            (Reply<StartNextPendingJobExecutionResponse, RejectedResponse> reply, string payload) = await StartNextAsync(client, service);
            Assert.Equal("one", reply.Accepted!.Execution!.JobId);

            // Disposal closes without DISCONNECT, like the end of the process.
        }

        Assert.Equal(0, Count(Acknowledged()));
        await using JobsClient again = await ConnectedAsync(version, cleanStart: false);
        await WaitForAsync(Acknowledged(), 1);
        Assert.Matches(@"Sending PUBLISH to pump-7 \(d1, q1, r0, m1, '\$aws/things/pump-7/jobs/start-next/accepted'", _broker.Log);
        Assert.Contains($"Information: ignored a reply on {Jobs}start-next/accepted: no request waits for it", _logger.Lines);

        (Reply<StartNextPendingJobExecutionResponse, RejectedResponse> next, _) = await StartNextAsync(again, service);
        next.Receipt.Acknowledge();
        await WaitForAsync(Acknowledged(), 2);
    }

    [Fact]
    public async Task An_unacknowledged_message_does_not_block_pings_or_requests()
    {
        await using TestService service = await TestService.StartAsync(_broker, Jobs + "start-next");
        await using JobsClient client = await ConnectedAsync(MqttVersion.V5, cleanStart: true);
        List<Reply<StartNextPendingJobExecutionResponse, RejectedResponse>> replies = [];
        for (int i = 0; i < MqttConnection.ReceiveMaximum + 4; i++)
        {
            replies.Add((await StartNextAsync(client, service)).Reply);
            if (i > 0)
            {
                replies[i].Receipt.Acknowledge();
            }
        }

        // The first is still unacknowledged; the others were acknowledged before the limit was reached.
        int overtaken = Count(Acknowledged());
        Assert.InRange(overtaken, MqttConnection.ReceiveMaximum / 2, MqttConnection.ReceiveMaximum + 3);
        replies[0].Receipt.Acknowledge();
        await WaitForAsync(Acknowledged(), MqttConnection.ReceiveMaximum + 4);
    }

    [Fact]
    public async Task Superseded_notifications_are_acknowledged_unread()
    {
        await using TestService service = await TestService.StartAsync(_broker, "unused");
        await using JobsClient client = await ConnectedAsync(MqttVersion.V5, cleanStart: true);
        for (int i = 0; i < 5; i++)
        {
            await service.SendAsync(Jobs + "notify-next", $$$"""{"execution":{"jobId":"job-{{{i}}}"}}""");
        }

        await WaitForAsync(Acknowledged(), 4);
        JobsEvent? read = await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the notification");
        JobsEvent.NextJobExecutionChanged newest = Assert.IsType<JobsEvent.NextJobExecutionChanged>(read);
        Assert.Equal("job-4", newest.Message.Execution!.JobId);
        newest.Receipt.Acknowledge();
        await WaitForAsync(Acknowledged(), 5);
    }

    [Fact]
    public async Task CONNECT_states_the_receive_limits()
    {
        TaskCompletionSource<byte[]> connect = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = new(packet =>
        {
            connect.SetResult(packet);
            return [0x20, 3, 0, 0, 0];
        });
        MqttConnectionOptions options = new() { Host = "localhost", Port = server.Port, ClientId = Thing, UseTls = false };
        await using JobsClient client =
            new(new JobsClientOptions { ThingName = Thing, Connection = options, Random = new Random(2), Logger = _logger });
        Task<ConnectResult> connecting = client.ConnectAsync(default);

        // Receive Maximum (0x21) 16, Maximum Packet Size (0x27) 136 KB.
        string sent = Convert.ToHexString(await Wait.ForAsync(connect.Task, "CONNECT"));
        Assert.Contains("210010", sent, StringComparison.Ordinal);
        Assert.Contains("2700022000", sent, StringComparison.Ordinal);
        await client.DisposeAsync();
        await connecting;
    }

    private static async Task<(Reply<StartNextPendingJobExecutionResponse, RejectedResponse> Reply, string Payload)> StartNextAsync(
        JobsClient client, TestService service)
    {
        var asking = client.StartNextAsync(new StartNextPendingJobExecutionRequest(), default).AsTask();
        string payload = (await service.ReceiveAsync()).Payload;
        await service.SendAsync(
            Jobs + "start-next/accepted", "{\"clientToken\":\"" + TestService.TokenOf(payload) + "\",\"execution\":{\"jobId\":\"one\"}}");
        return (await Wait.ForAsync(asking, "the reply"), payload);
    }

    [GeneratedRegex("Received PUBACK from pump-7 ")]
    private static partial Regex Acknowledged();

    private int Count(Regex line) => line.Count(_broker.Log);

    private async Task WaitForAsync(Regex line, int count)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (Count(line) < count && !deadline.IsCancellationRequested)
        {
            await Task.Delay(10, CancellationToken.None);
        }

        Assert.Equal(count, Count(line));
    }

    private async Task<JobsClient> ConnectedAsync(MqttVersion version, bool cleanStart)
    {
        MqttConnectionOptions options = new()
        {
            Host = "127.0.0.1",
            Port = _broker.PlainPort,
            UseTls = false,
            ClientId = Thing,
            Version = version,
            CleanStart = cleanStart,
        };
        ReconnectBackoff backoff = new(new Random(1), first: TimeSpan.FromMilliseconds(20), last: TimeSpan.FromMilliseconds(200));
        JobsClient client = new(new JobsClientOptions
        {
            ThingName = Thing,
            Connection = options,
            Backoff = backoff,
            Random = new Random(),
            Logger = _logger,
            AcknowledgesManually = true,
        });
        Assert.Null((await client.ConnectAsync(default)).Failure);
        Assert.IsType<JobsEvent.Connected>(await client.ReadEventAsync(default));
        return client;
    }
}
