using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>A reply is read once, by the reader of the request.</summary>
public sealed class ReplyReaderTests
{
    private static readonly CodecError Fault = new(CodecErrorKind.WrongType, "execution", 7);
    private readonly RequestClient _client;
    private string _token = "";
    private int _reads;

    public ReplyReaderTests() => _client = new RequestClient(
        JobsSpec.Instance,
        (_, payload, _, _) =>
        {
            StartNextPendingJobExecutionRequest.TryRead(payload.ToArray(), out StartNextPendingJobExecutionRequest? request, out _);
            _token = request!.ClientToken!;
            return ValueTask.FromResult(PublishResult.Acknowledged);
        },
        TimeSpan.FromMinutes(5),
        TimeProvider.System,
        new Random(1),
        new ListLogger());

    [Fact]
    public async Task An_accepted_reply_is_read_once()
    {
        Reply<string, RejectedResponse> reply = await ReplyAsync("accepted", ", \"timestamp\": 12", CountTimestamp);
        Assert.Equal((ReplyStatus.Accepted, "12", 1, null), (reply.Status, reply.Accepted, _reads, reply.Rejected));
        Assert.Same(reply.Accepted, reply.Accepted);
    }

    [Fact]
    public async Task The_reader_does_not_read_a_rejection()
    {
        Reply<string, RejectedResponse> reply = await ReplyAsync("rejected", ", \"code\": \"InvalidRequest\"", CountTimestamp);
        Assert.Equal((ReplyStatus.Rejected, null, 0), (reply.Status, reply.Accepted, _reads));
        Assert.Equal(RejectionCode.InvalidRequest, reply.Rejected!.Code);
        Assert.Same(reply.Rejected, reply.Rejected);
    }

    [Fact]
    public async Task A_reply_that_the_reader_can_not_read_is_undecodable()
    {
        Reply<string, RejectedResponse> reply = await ReplyAsync("accepted", "", Fail);
        Assert.Equal((ReplyStatus.Undecodable, null), (reply.Status, reply.Accepted));
        Assert.Equal("the reply to startNextPendingJobExecution can't be read: execution: the value has the wrong JSON type (byte 7)",
            reply.Reason);
        Assert.Contains(_token, Encoding.UTF8.GetString(reply.Payload.Span), StringComparison.Ordinal);

        static bool Fail(ReadOnlyMemory<byte> payload, MessageProperties properties, out string value, out CodecError error)
        {
            value = "";
            error = Fault;
            return false;
        }
    }

    [Fact]
    public async Task An_exception_of_the_reader_reaches_the_caller()
    {
        await Assert.ThrowsAsync<FormatException>(() => ReplyAsync("accepted", "", Throw));

        static bool Throw(ReadOnlyMemory<byte> payload, MessageProperties properties, out string value, out CodecError error) =>
            throw new FormatException("x");
    }

    private bool CountTimestamp(ReadOnlyMemory<byte> payload, MessageProperties properties, out string value, out CodecError error)
    {
        _reads++;
        bool isRead = StartNextPendingJobExecutionResponseView.TryRead(payload.Span, out StartNextPendingJobExecutionResponseView view,
            out error);
        value = $"{view.Timestamp}";
        return isRead;
    }

    private async Task<Reply<string, RejectedResponse>> ReplyAsync(string kind, string members, ReplyReader<string> reader)
    {
        string topic = JobsTopics.StartNextPendingJobExecution("pump-7");
        Task<Reply<string, RejectedResponse>> asked = _client.RequestAsync(
            JobsOperations.StartNextPendingJobExecution, topic, new StartNextPendingJobExecutionRequest(), reader, default).AsTask();
        byte[] payload = Encoding.UTF8.GetBytes($$"""{ "clientToken": "{{_token}}"{{members}} }""");
        Assert.True(_client.TryAccept($"{topic}/{kind}", payload, MessageProperties.None, default, out _));
        return await Wait.ForAsync(asked, "the reply");
    }
}
