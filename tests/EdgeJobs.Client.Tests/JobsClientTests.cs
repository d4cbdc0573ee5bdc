using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>The typed client against a real Mosquitto over mutual TLS.</summary>
[Trait("Category", "Integration")]
public sealed class JobsClientTests : IAsyncLifetime
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
    public async Task A_request_gets_its_reply(MqttVersion version)
    {
        await using TestService service = await TestService.StartAsync(_broker, Jobs + "start-next", Jobs + "+/update");
        await using JobsClient client = Client(version: version);
        Assert.Null((await client.ConnectAsync(default)).Failure);
        Assert.Equal(new JobsEvent.Connected(false), await client.ReadEventAsync(default));

        var started = client.StartNextAsync(new StartNextPendingJobExecutionRequest { StepTimeoutInMinutes = 5 }, default);
        (string topic, string payload) = await service.ReceiveAsync();
        string token = TestService.TokenOf(payload);
        Assert.Equal(Jobs + "start-next", topic);
        Assert.Equal($$"""{"clientToken":"{{token}}","stepTimeoutInMinutes":5}""", payload);
        await service.SendAsync(Jobs + "start-next/accepted",
            "{\"clientToken\":\"" + token + "\",\"timestamp\":1,\"execution\":{\"jobId\":\"j\",\"jobDocument\":{\"a\":1}}}");
        Reply<StartNextPendingJobExecutionResponse, RejectedResponse> reply = await started;
        Assert.True(reply.IsAccepted);
        Assert.Equal("j", reply.Accepted.Execution!.JobId);
        Assert.Equal("""{"a":1}""", reply.Accepted.Execution.JobDocument.ToString());

        var updated = client.UpdateAsync(
            "j", new UpdateJobExecutionRequest { Status = JobExecutionUpdateStatus.Failed, ExpectedVersion = 2 }, default);
        (topic, payload) = await service.ReceiveAsync();
        Assert.Equal(Jobs + "j/update", topic);
        await service.SendAsync(Jobs + "j/update/rejected", "{\"clientToken\":\"" + TestService.TokenOf(payload)
            + "\",\"code\":\"VersionMismatch\",\"executionState\":{\"versionNumber\":3}}");
        Reply<UpdateJobExecutionResponse, RejectedResponse> rejected = await updated;
        Assert.True(rejected.IsRejected);
        Assert.Equal((RejectionCode.VersionMismatch, 3L), (rejected.Rejected.Code, rejected.Rejected.ExecutionState!.VersionNumber));
    }

    [Fact]
    public async Task Replies_match_their_requests_in_any_order_and_foreign_ones_are_ignored()
    {
        await using TestService service = await TestService.StartAsync(_broker, Jobs + "+/get");
        await using JobsClient client = await ConnectedAsync();
        var first = client.DescribeAsync("a", new DescribeJobExecutionRequest(), default).AsTask();
        string firstToken = TestService.TokenOf((await service.ReceiveAsync()).Payload);
        var second = client.DescribeAsync("$next", new DescribeJobExecutionRequest(), default).AsTask();
        string secondToken = TestService.TokenOf((await service.ReceiveAsync()).Payload);

        await service.SendAsync(Jobs + "a/get/accepted", """{"clientToken":"somebody else's","execution":{"jobId":"x"}}""");
        await service.SendAsync(Jobs + "a/get/accepted", """{"execution":{"jobId":"x"}}""");
        await service.SendAsync(Jobs + "a/get/accepted", "no JSON");
        await service.SendAsync(Jobs + "$next/get/accepted", "{\"clientToken\":\"" + secondToken + "\",\"execution\":{\"jobId\":\"2\"}}");
        await service.SendAsync(Jobs + "a/get/accepted", "{\"clientToken\":\"" + firstToken + "\",\"execution\":{\"jobId\":\"1\"}}");
        Assert.Equal("2", (await Wait.ForAsync(second, "the second reply")).Accepted!.Execution!.JobId);
        Assert.Equal("1", (await Wait.ForAsync(first, "the first reply")).Accepted!.Execution!.JobId);
        Assert.Equal(1, _logger.Lines.Count(l => l == $"Information: ignored a reply on {Jobs}a/get/accepted: no request waits for it"));
    }

    [Fact]
    public async Task A_reply_on_the_wrong_topic_or_of_the_wrong_shape_is_an_error_value()
    {
        await using TestService service = await TestService.StartAsync(_broker, Jobs + "+/get");
        await using JobsClient client = await ConnectedAsync();
        var wrongTopic = client.DescribeAsync("a", new DescribeJobExecutionRequest(), default).AsTask();
        string token = TestService.TokenOf((await service.ReceiveAsync()).Payload);
        await service.SendAsync(Jobs + "start-next/accepted", "{\"clientToken\":\"" + token + "\"}");
        Assert.Equal(
            (ReplyStatus.Undecodable, $"the reply to describeJobExecution came on {Jobs}start-next/accepted"),
            await Outcome(wrongTopic));

        var wrongShape = client.DescribeAsync("a", new DescribeJobExecutionRequest(), default).AsTask();
        token = TestService.TokenOf((await service.ReceiveAsync()).Payload);
        await service.SendAsync(Jobs + "a/get/accepted", "{\"clientToken\":\"" + token + "\",\"execution\":7}");
        Assert.Equal(
            (ReplyStatus.Undecodable, "the reply to describeJobExecution can't be read: execution: the value has the wrong JSON type (byte "
                + "46)"),
            await Outcome(wrongShape));
    }

    [Fact]
    public async Task A_request_times_out_and_its_late_reply_is_ignored()
    {
        await using TestService service = await TestService.StartAsync(_broker, Jobs + "get");
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        await using JobsClient client = await ConnectedAsync(time);
        var waiting = client.GetPendingAsync(default).AsTask();
        string token = TestService.TokenOf((await service.ReceiveAsync()).Payload);
        time.Advance(TimeSpan.FromSeconds(10));
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply = await Wait.ForAsync(waiting, "the time-out");

        // The result depends on whether the server's acknowledgement has arrived by then.
        Assert.Equal(ReplyStatus.TimedOut, reply.Status);
        Assert.StartsWith("no reply to getPendingJobExecutions within 10 s", reply.Reason, StringComparison.Ordinal);
        await service.SendAsync(Jobs + "get/accepted", "{\"clientToken\":\"" + token + "\"}");
        await service.SendAsync(Jobs + "notify-next", """{"timestamp":1}""");
        Assert.IsType<JobsEvent.NextJobExecutionChanged>(await client.ReadEventAsync(default));
        Assert.Contains($"Information: ignored a reply on {Jobs}get/accepted: no request waits for it", _logger.Lines);
    }

    [Fact]
    public async Task A_request_that_violates_a_limit_is_not_sent()
    {
        await using JobsClient client = await ConnectedAsync();
        Reply<StartNextPendingJobExecutionResponse, RejectedResponse> reply =
            await client.StartNextAsync(new StartNextPendingJobExecutionRequest { StepTimeoutInMinutes = 0 }, default);
        Assert.Equal(
            (ReplyStatus.Invalid, "startNextPendingJobExecution was not sent: stepTimeoutInMinutes must be 1 to 10080"),
            (reply.Status, reply.Reason));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await client.DescribeAsync("not/a/job", new DescribeJobExecutionRequest(), default));
    }

    [Fact]
    public async Task Only_the_newest_notification_is_delivered()
    {
        await using TestService service = await TestService.StartAsync(_broker, "unused");
        await using JobsClient client = await ConnectedAsync();
        await service.SendAsync(Jobs + "notify-next", "not JSON");
        for (int i = 1; i <= 1_000; i++)
        {
            await service.SendAsync(Jobs + "notify-next", "{\"execution\":{\"jobId\":\"job-" + i + "\"}}");
        }

        string? newest = null;
        int received = 0;
        while (newest != "job-1000")
        {
            JobsEvent? next = await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the newest notification");
            newest = Assert.IsType<JobsEvent.NextJobExecutionChanged>(next).Message.Execution!.JobId;
            received++;
        }

        Assert.InRange(received, 1, 1_000);
        Assert.Contains(
            $"Warning: a notification on {Jobs}notify-next can't be read: the payload is not valid JSON (byte 0)", _logger.Lines);
    }

    [Fact]
    public async Task A_killed_broker_fails_pending_requests_and_the_client_resubscribes()
    {
        await using JobsClient client = await ConnectedAsync();
        var waiting = client.GetPendingAsync(default).AsTask();
        await _broker.KillAsync();
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply = await Wait.ForAsync(waiting, "the end of the wait");
        Assert.Equal(ReplyStatus.NotConnected, reply.Status);
        JobsEvent? disconnected = await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the disconnection");
        Assert.StartsWith(
            "the connection to the server was lost", Assert.IsType<JobsEvent.Disconnected>(disconnected).Reason, StringComparison.Ordinal);
        Assert.Equal(ReplyStatus.NotConnected, (await client.GetPendingAsync(default)).Status);

        await _broker.StartAsync();
        Assert.IsType<JobsEvent.Connected>(await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the reconnection"));
        await using TestService service = await TestService.StartAsync(_broker, "unused");
        await service.SendAsync(Jobs + "notify-next", """{"timestamp":1}""");
        Assert.IsType<JobsEvent.NextJobExecutionChanged>(await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "a notification"));
    }

    [Fact]
    public async Task After_disposal_there_are_no_more_events()
    {
        JobsClient client = await ConnectedAsync();
        await client.DisposeAsync();
        Assert.Null(await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the end of events"));
    }

    private static async Task<(
        ReplyStatus Status, string Reason)> Outcome(Task<Reply<DescribeJobExecutionResponse, RejectedResponse>> request)
    {
        Reply<DescribeJobExecutionResponse, RejectedResponse> reply = await Wait.ForAsync(request, "a reply");
        return (reply.Status, reply.Reason);
    }

    private async Task<JobsClient> ConnectedAsync(TimeProvider? time = null)
    {
        JobsClient client = Client(time: time);
        Assert.Null((await client.ConnectAsync(default)).Failure);
        Assert.IsType<JobsEvent.Connected>(await client.ReadEventAsync(default));
        return client;
    }

    private JobsClient Client(MqttVersion version = MqttVersion.V5, TimeProvider? time = null)
    {
        CertificateFiles files = _broker.Certificates.IssueClient(Thing);
        MqttConnectionOptions options = new()
        {
            Host = "localhost",
            Port = _broker.TlsPort,
            ClientId = Thing,
            Version = version,
            CertificateFile = files.Certificate,
            KeyFile = files.Key,
            CaFile = _broker.Certificates.CaFile,
        };
        ReconnectBackoff backoff = new(new Random(1), first: TimeSpan.FromMilliseconds(20), last: TimeSpan.FromMilliseconds(200));
        return new JobsClient(new JobsClientOptions
        {
            ThingName = Thing,
            Connection = options,
            Backoff = backoff,
            Time = time ?? TimeProvider.System,
            Random = new Random(2),
            Logger = _logger,
        });
    }
}
