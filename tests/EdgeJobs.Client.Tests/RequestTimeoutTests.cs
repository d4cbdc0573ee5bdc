using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>All requests of a client share one timer; each has its own time-out.</summary>
public sealed class RequestTimeoutTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<ReadOnlyMemory<byte>> _sent = [];
    private readonly RequestClient _client;

    public RequestTimeoutTests() => _client = new RequestClient(
        JobsSpec.Instance,
        (_, payload, _, _) =>
        {
            _sent.Add(payload.ToArray());
            return ValueTask.FromResult(PublishResult.Acknowledged);
        },
        TimeSpan.FromSeconds(10),
        _time,
        new Random(1),
        new ListLogger());

    [Fact]
    public async Task Each_request_has_its_own_time_out()
    {
        Task<ReplyStatus> first = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(4));
        Task<ReplyStatus> second = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(ReplyStatus.TimedOut, await Wait.ForAsync(first, "the end of the first request"));
        _time.Advance(TimeSpan.FromSeconds(3.8));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(ReplyStatus.TimedOut, await Wait.ForAsync(second, "the end of the second request"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_completed_request_does_not_change_other_time_outs(int answered)
    {
        Task<ReplyStatus>[] asked = [AskAsync(), AskAsync(), AskAsync()];
        Answer(answered);
        Assert.Equal(ReplyStatus.Accepted, await Wait.ForAsync(asked[answered], "the reply"));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, asked.Count(a => a.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        for (int i = 0; i < asked.Length; i++)
        {
            Assert.Equal(i == answered
                ? ReplyStatus.Accepted
                : ReplyStatus.TimedOut, await Wait.ForAsync(asked[i], "the end of the others"));
        }
    }

    [Fact]
    public async Task A_request_after_a_long_pause_has_the_whole_time_out()
    {
        Task<ReplyStatus> first = AskAsync();
        Answer(0);
        await Wait.ForAsync(first, "the reply");
        _time.Advance(TimeSpan.FromSeconds(9));
        Task<ReplyStatus> second = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(ReplyStatus.TimedOut, await Wait.ForAsync(second, "the end of the second request"));
        _time.Advance(TimeSpan.FromHours(1));
        Task<ReplyStatus> third = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(ReplyStatus.TimedOut, await Wait.ForAsync(third, "the end of the third request"));
    }

    private async Task<ReplyStatus> AskAsync() => (await _client.RequestAsync(
        JobsOperations.StartNextPendingJobExecution,
        JobsTopics.StartNextPendingJobExecution("pump-7"),
        new StartNextPendingJobExecutionRequest(),
        default)).Status;

    /// <summary>A reply with the token of a request, and nothing else.</summary>
    private void Answer(int index) => Assert.True(_client.TryAccept(
        JobsTopics.StartNextPendingJobExecution("pump-7") + "/accepted", _sent[index], MessageProperties.None, default, out _));
}
