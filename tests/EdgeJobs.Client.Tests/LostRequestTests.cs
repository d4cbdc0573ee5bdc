using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// The result of a request whose connection is lost. An MQTT 5 server that refuses a message may close the connection with the reason: then
/// the result is the refusal, whichever of the two the client detects first.
/// </summary>
public sealed class LostRequestTests
{
    private static readonly PublishResult Refused = new(PublishStatus.Refused, "refused");
    private readonly TaskCompletionSource<PublishResult> _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RequestClient _client;
    private readonly Task<Reply<StartNextPendingJobExecutionResponse, RejectedResponse>> _asked;

    public LostRequestTests()
    {
        _client = new RequestClient(
            JobsSpec.Instance,
            (_, _, _, _) => new ValueTask<PublishResult>(_published.Task),
            TimeSpan.FromMinutes(5),
            TimeProvider.System,
            new Random(1),
            new ListLogger());
        _asked = _client.RequestAsync(
            JobsOperations.StartNextPendingJobExecution,
            JobsTopics.StartNextPendingJobExecution("pump-7"),
            new StartNextPendingJobExecutionRequest(),
            default).AsTask();
    }

    [Fact]
    public async Task A_refusal_that_is_detected_after_the_loss_is_reported()
    {
        _client.FailAll("lost");
        Assert.False(_asked.IsCompleted);
        _published.SetResult(Refused);
        Assert.Equal((ReplyStatus.Refused, "refused"), await EndAsync());
    }

    [Fact]
    public async Task A_refusal_that_is_detected_before_the_loss_is_reported()
    {
        _published.SetResult(Refused);
        await EndAsync();
        _client.FailAll("lost");
        Assert.Equal((ReplyStatus.Refused, "refused"), await EndAsync());
    }

    [Fact]
    public async Task An_acknowledgement_after_the_loss_does_not_complete_the_request()
    {
        _client.FailAll("lost");
        _published.SetResult(PublishResult.Acknowledged);
        Assert.Equal((ReplyStatus.NotConnected, "lost"), await EndAsync());
    }

    private async Task<(ReplyStatus Status, string Reason)> EndAsync()
    {
        Reply<StartNextPendingJobExecutionResponse, RejectedResponse> reply = await Wait.ForAsync(_asked, "the end of the request");
        return (reply.Status, reply.Reason);
    }
}
