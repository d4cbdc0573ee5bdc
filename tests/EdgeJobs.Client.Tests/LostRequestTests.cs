using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// What a request ends with when the connection is lost. A server of MQTT 5 that refuses a message may close the connection with
/// the reason: then what the caller is told is the refusal, whichever of the two is noticed first.
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
    public async Task A_refusal_that_is_noticed_after_the_loss_is_told()
    {
        _client.FailAll("lost");
        Assert.False(_asked.IsCompleted);
        _published.SetResult(Refused);
        Assert.Equal((ReplyStatus.Refused, "refused"), await EndAsync());
    }

    [Fact]
    public async Task A_refusal_that_is_noticed_before_the_loss_is_told()
    {
        _published.SetResult(Refused);
        await EndAsync();
        _client.FailAll("lost");
        Assert.Equal((ReplyStatus.Refused, "refused"), await EndAsync());
    }

    [Fact]
    public async Task An_acknowledgement_that_is_noticed_after_the_loss_brings_no_reply()
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
