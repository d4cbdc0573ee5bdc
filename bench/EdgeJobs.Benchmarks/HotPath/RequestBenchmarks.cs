using BenchmarkDotNet.Attributes;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>
/// Requests and replies, correlated by the token: the request is validated, encoded and sent; the topic of the reply is matched,
/// its token found, its payload decoded and the caller resumed. Publishing costs nothing here, and the reply is there at once.
/// </summary>
public class RequestBenchmarks
{
    private readonly byte[] _startNextAccepted = Payloads.StartNextAccepted();
    private readonly byte[] _updateAccepted = Payloads.UpdateAccepted();
    private readonly StartNextPendingJobExecutionRequest _startNext = new();
    private readonly UpdateJobExecutionRequest _update = Payloads.Update();
    private readonly byte[] _token = new byte[Payloads.Token.Length];
    private readonly Waiting _waiting = new();
    private readonly RequestClient _client;

    public RequestBenchmarks() =>
        _client = new RequestClient(
            JobsSpec.Instance,
            Publish,
            TimeSpan.FromSeconds(10),
            TimeProvider.System,
            new Random(1),
            NullLogger.Instance)
        { AcknowledgesManually = true, ContinueInline = true };

    [GlobalSetup]
    public void Check()
    {
        if (!StartNext() || !Update())
        {
            throw new InvalidOperationException("not every request was accepted");
        }
    }

    [Benchmark(Description = "StartNextPendingJobExecution: sent, accepted, awaited")]
    public bool StartNext() => Request(
        JobsOperations.StartNextPendingJobExecution,
        Payloads.StartNextTopic,
        _startNext,
        Payloads.StartNextAcceptedTopic,
        _startNextAccepted);

    [Benchmark(Description = "UpdateJobExecution: sent, accepted, awaited")]
    public bool Update() =>
        Request(JobsOperations.UpdateJobExecution, Payloads.UpdateTopic, _update, Payloads.UpdateAcceptedTopic, _updateAccepted);

    private bool Request<TRequest, TAccepted, TRejected>(
        RequestOperation<TRequest, TAccepted, TRejected> operation, string topic, TRequest request, string replyTopic, byte[] reply)
        where TRequest : class, ICorrelatedMessage<TRequest>
        where TAccepted : class, ICorrelatedMessage<TAccepted>
        where TRejected : class, ICorrelatedMessage<TRejected>
    {
        ValueTask<Reply<TAccepted, TRejected>> sent = _client.RequestAsync(operation, topic, request, CancellationToken.None);
        _token.CopyTo(reply, """{"clientToken":""".Length + 1);
        return _client.TryAccept(replyTopic, reply, MessageProperties.None, default, out _) && _waiting.For(sent).IsAccepted;
    }

    /// <summary>Acts as the server, which returns the token.</summary>
    private ValueTask<PublishResult> Publish(
        string topic,
        ReadOnlyMemory<byte> payload,
        PublishOptions options,
        CancellationToken cancellationToken)
    {
        bool hasToken = CorrelationToken.TryRead(payload.Span, "clientToken"u8, out JsonText token) && token.TryCopyTo(_token, out _);
        return ValueTask.FromResult(hasToken ? PublishResult.Acknowledged : new PublishResult(PublishStatus.Invalid, "no token"));
    }
}
