using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Both sides of a request over a broker: the token and the topic of the reply at every kind of place.</summary>
public sealed class RequestAnswererTests : BrokerTests, IMqttHandler
{
    private const string Prefix = "thing/replies";
    private static readonly Answer<GetPendingJobExecutionsResponse, RejectedResponse> None =
        Answer<GetPendingJobExecutionsResponse, RejectedResponse>.None;

    private static readonly DescribeJobExecutionRequest Question = new() { ExecutionNumber = 7 };
    private RequestAnswerer? _answerer;
    private TwoSides? _spec;

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        _spec!.TryMatch(topic, out int channel);
        if (!_answerer!.TryAccept(topic, payload, properties, receipt, channel))
        {
            receipt.Acknowledge();
        }
    }

    public static TheoryData<MessageLocation, MessageLocation, MessageLocation> Places => new()
    {
        { MessageLocation.CorrelationData, MessageLocation.CorrelationData, default },
        { MessageLocation.UserProperty("id"), MessageLocation.UserProperty("id"), default },
        { MessageLocation.Text("meta/id"), MessageLocation.Text("meta/id"), default },
        { MessageLocation.Number("n"), MessageLocation.Number("meta/n"), default },
        { MessageLocation.Uuid("u"), MessageLocation.Uuid("u"), default },
        { MessageLocation.Number("n"), MessageLocation.UserProperty("id"), default },
        { MessageLocation.UserProperty("id"), MessageLocation.Number("n"), default },
        { MessageLocation.CorrelationData, default, MessageLocation.ResponseTopic },
        { MessageLocation.CorrelationData, MessageLocation.Text("id"), MessageLocation.ResponseTopic },
        { MessageLocation.Text("id"), MessageLocation.Text("id"), MessageLocation.Text("headers/replyTo") },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_request_gets_its_own_reply(MessageLocation request, MessageLocation reply, MessageLocation address)
    {
        TwoSides spec = new(request, reply, address);
        await using MqttConnection there = await AnswererAsync(spec, (received, _) =>
            ValueTask.FromResult(received.Topic == "ask/no"
                ? Answer<GetPendingJobExecutionsResponse, RejectedResponse>.Reject(
                    new RejectedResponse { Code = RejectionCode.InvalidRequest, Message = "no" })
                : Answer<GetPendingJobExecutionsResponse, RejectedResponse>.Accept(
                    new GetPendingJobExecutionsResponse { Timestamp = received.Message.ExecutionNumber })));
        await using Requester here = await Requester.StartAsync(this, spec);

        // Two at a time: each has its own number.
        Task<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> first = here.AskAsync("ask/a", Question);
        Task<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> second =
            here.AskAsync("ask/a", Question with { ExecutionNumber = 8 });
        Assert.Equal((ReplyStatus.Accepted, 7), Show(await Wait.ForAsync(first, "the first reply")));
        Assert.Equal((ReplyStatus.Accepted, 8), Show(await Wait.ForAsync(second, "the second reply")));
        if (address == default)
        {
            Reply<GetPendingJobExecutionsResponse, RejectedResponse> rejected =
                await Wait.ForAsync(here.AskAsync("ask/no", Question), "the rejection");
            Assert.Equal((ReplyStatus.Rejected, "no"), (rejected.Status, rejected.Rejected?.Message));
        }

        await _answerer!.DisposeAsync();
    }

    [Fact]
    public async Task A_handler_that_fails_gives_no_reply_and_a_log_line()
    {
        TwoSides spec = new(MessageLocation.CorrelationData, MessageLocation.CorrelationData, default);
        await using MqttConnection there = await AnswererAsync(spec, (_, _) => throw new InvalidOperationException("broken"));
        await using Requester here = await Requester.StartAsync(this, spec, TimeSpan.FromSeconds(1));
        Assert.Equal(ReplyStatus.TimedOut, (await Wait.ForAsync(here.AskAsync("ask/a", Question), "the time-out")).Status);
        await LogLineAsync("handling a message on ask/a failed");
    }

    [Theory]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("""{"executionNumber":"x"}""", "executionNumber")]
    public async Task A_malformed_request_gives_no_reply_and_a_log_line(string payload, string fault)
    {
        TwoSides spec = new(MessageLocation.CorrelationData, MessageLocation.CorrelationData, default);
        await using MqttConnection there = await AnswererAsync(spec, (_, _) => ValueTask.FromResult(None));
        await there.PublishAsync("ask/a", Encoding.UTF8.GetBytes(payload), QualityOfService.AtLeastOnce, default);
        string line = await LogLineAsync("a request on ask/a can't be read and gets no reply");
        Assert.Contains(fault, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_a_topic_for_its_reply_gives_a_log_line()
    {
        TwoSides spec = new(MessageLocation.CorrelationData, default, MessageLocation.ResponseTopic);
        await using MqttConnection there = await AnswererAsync(
            spec, (_, _) => ValueTask.FromResult(Answer<GetPendingJobExecutionsResponse, RejectedResponse>.Accept(new())));
        await there.PublishAsync("ask/a", "{}"u8.ToArray(), QualityOfService.AtLeastOnce, default);
        await LogLineAsync("a request on ask/a gets no reply: the request names no topic for its reply");
    }

    [Fact]
    public async Task A_request_that_names_its_own_topic_gets_no_reply_which_would_be_the_next_request()
    {
        TwoSides spec = new(MessageLocation.CorrelationData, default, MessageLocation.ResponseTopic);
        await using MqttConnection there = await AnswererAsync(
            spec, (_, _) => ValueTask.FromResult(Answer<GetPendingJobExecutionsResponse, RejectedResponse>.Accept(new())));
        PublishOptions options = new(QualityOfService.AtLeastOnce) { Properties = new MessageProperties { ResponseTopic = "ask/a" } };
        await there.PublishAsync("ask/a", "{}"u8.ToArray(), options, default);
        await LogLineAsync("a request on ask/a gets no reply: its reply has the topic of the request");
    }

    [Fact]
    public async Task A_request_is_not_read_as_its_own_reply()
    {
        TwoSides spec = new(MessageLocation.CorrelationData, MessageLocation.CorrelationData, default);
        await using Requester here = await Requester.StartAsync(this, spec);
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply = await Wait.ForAsync(here.AskAsync("reply/a", Question), "the end");
        Assert.Equal(
            (ReplyStatus.Undecodable, "the reply to ask came on reply/a, the topic of the request"), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task Version_3_can_not_send_what_needs_properties()
    {
        TwoSides spec = new(MessageLocation.CorrelationData, MessageLocation.CorrelationData, default);
        await using Requester here = await Requester.StartAsync(this, spec, version: MqttVersion.V311);
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply = await here.AskAsync("ask/a", Question);
        Assert.Equal(ReplyStatus.Invalid, reply.Status);
        Assert.Contains("needs MQTT 5", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_names_the_topic_of_its_reply_needs_a_prefix()
    {
        TwoSides spec = new(MessageLocation.CorrelationData, default, MessageLocation.ResponseTopic);
        RequestClient client = new(
            spec, (_, _, _, _) => throw new InvalidOperationException(), TimeSpan.FromSeconds(1), TimeProvider.System, new Random(1),
            Logger);
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply =
            await client.RequestAsync(spec.Request, "ask/a", Question, default);
        Assert.Equal(ReplyStatus.Invalid, reply.Status);
        Assert.Contains("ReplyTopicPrefix", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_cancels_the_handlers_and_waits_for_them()
    {
        TaskCompletionSource started = new();
        bool isOver = false;
        TwoSides spec = new(MessageLocation.CorrelationData, MessageLocation.CorrelationData, default);
        RequestAnswerer answerer = new(spec, (_, _, _, _) => throw new InvalidOperationException(), TimeProvider.System, Logger);
        answerer.Register(spec.Answer, async (_, token) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                isOver = true;
            }

            return None;
        });
        Assert.False(answerer.TryAccept("reply/a", "{}"u8.ToArray(), MessageProperties.None, default, TwoSides.Yes));
        Assert.True(answerer.TryAccept("ask/a", "{}"u8.ToArray(), MessageProperties.None, default, TwoSides.Ask));
        await Wait.ForAsync(started.Task, "the handler");
        await Wait.ForAsync(answerer.DisposeAsync().AsTask(), "the end of the handler");
        Assert.True(isOver);
        Assert.Throws<InvalidOperationException>(() => answerer.Register(spec.Answer, (_, _) => ValueTask.FromResult(None)));
    }

    private Task<string> LogLineAsync(string text)
    {
        return Wait.ForAsync(FindAsync(), "the log line");

        async Task<string> FindAsync()
        {
            while (true)
            {
                if (Logger.Lines.FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal)) is { } line)
                {
                    return line;
                }

                await Task.Delay(10);
            }
        }
    }

    private static (ReplyStatus Status, long? Number) Show(Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply) =>
        (reply.Status, reply.Accepted?.Timestamp);

    private async Task<MqttConnection> AnswererAsync(
        TwoSides spec,
        Func<ReceivedRequest<DescribeJobExecutionRequest>, CancellationToken, ValueTask<Answer<GetPendingJobExecutionsResponse, RejectedResponse>>> handler)
    {
        MqttConnection connection = Connection(Options(Broker.Certificates.IssueClient("answerer")) with { ClientId = "answerer" });
        _spec = spec;
        _answerer = new RequestAnswerer(spec, connection.PublishAsync, TimeProvider.System, Logger);
        _answerer.Register(spec.Answer, handler);
        Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure);
        Assert.Null(await connection.SubscribeAsync(["ask/+"], default));
        return connection;
    }

    /// <summary>The other side: it sends requests.</summary>
    private sealed class Requester : IMqttHandler, IAsyncDisposable
    {
        private readonly TwoSides _spec;
        private readonly MqttConnection _connection;
        private readonly RequestClient _client;

        private Requester(RequestAnswererTests test, TwoSides spec, TimeSpan timeout, MqttVersion version)
        {
            _spec = spec;
            _connection = new MqttConnection(test.Options() with { Version = version }, this, TimeProvider.System, test.Logger);
            _client = new RequestClient(spec, _connection.PublishAsync, timeout, TimeProvider.System, new Random(1), test.Logger)
            {
                ReplyTopicPrefix = Prefix,
            };
        }

        public static async Task<Requester> StartAsync(
            RequestAnswererTests test, TwoSides spec, TimeSpan? timeout = null, MqttVersion version = MqttVersion.V5)
        {
            Requester requester = new(test, spec, timeout ?? TimeSpan.FromSeconds(30), version);
            Assert.Null((await requester._connection.ConnectAsync(cleanStart: true, default)).Failure);
            Assert.Null(await requester._connection.SubscribeAsync(["reply/+", "refusal/+", requester._client.ReplyFilter!], default));
            return requester;
        }

        public Task<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> AskAsync(string topic, DescribeJobExecutionRequest request) =>
            _client.RequestAsync(_spec.Request, topic, request, default).AsTask();

        public ValueTask DisposeAsync() => _connection.DisposeAsync();

        void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt) =>
            Assert.True(_client.TryAccept(topic, payload, properties, receipt, out _));

        void IMqttHandler.OnDisconnected(string reason) => _client.FailAll(reason);
    }

    /// <summary>A spec with one request, seen from both sides.</summary>
    private sealed class TwoSides : ServiceSpec
    {
        public const int Ask = 1;
        public const int Yes = 2;
        private const int No = 3;

        private readonly bool _isDynamic;

        public TwoSides(MessageLocation request, MessageLocation reply, MessageLocation address)
        {
            _isDynamic = address != default;
            int rejected = _isDynamic ? 0 : No;
            Request = new("ask", QualityOfService.AtLeastOnce, Ask, Yes, rejected, _isDynamic ? [] : ["reply/{who}", "refusal/{who}"])
            {
                RequestToken = request,
                AcceptedToken = reply,
                RejectedToken = reply,
                ReplyAddress = address,
            };
            Answer = new("ask", QualityOfService.AtLeastOnce, Ask, Yes, rejected)
            {
                RequestToken = request,
                AcceptedToken = reply,
                RejectedToken = reply,
                ReplyAddress = address,
            };
        }

        public LocatedRequestOperation<DescribeJobExecutionRequest, GetPendingJobExecutionsResponse, RejectedResponse> Request { get; }

        public AnswerOperation<DescribeJobExecutionRequest, GetPendingJobExecutionsResponse, RejectedResponse> Answer { get; }

        public override IReadOnlyList<RequestOperation> Requests => [Request];

        public override IReadOnlyList<AnswerOperation> Answers => [Answer];

        public override IReadOnlyList<EventOperation> Events => [];

        public override string AddressOf(int channel) => channel switch
        {
            Ask => "ask/{who}",
            Yes => _isDynamic ? "" : "reply/{who}",
            No => "refusal/{who}",
            _ => throw new ArgumentOutOfRangeException(nameof(channel)),
        };

        public override bool TryMatch(ReadOnlySpan<char> topic, out int channel)
        {
            channel = topic.StartsWith("ask/") ? Ask : topic.StartsWith("reply/") ? Yes : topic.StartsWith("refusal/") ? No : 0;
            return channel != 0;
        }
    }
}
