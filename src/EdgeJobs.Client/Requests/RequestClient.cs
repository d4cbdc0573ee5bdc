using System.Runtime.CompilerServices;
using EdgeJobs.Client.Logging;
using EdgeJobs.Client.Requests;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>
/// Sends requests of any spec and matches the replies: the reply's topic identifies the operation, the token in its payload the request.
/// </summary>
/// <param name="spec">The spec that declares the operations.</param>
/// <param name="publish">Publishes a message; the payload is reused after the call.</param>
/// <param name="timeout">The time-out of a reply.</param>
/// <param name="time">The clock of the time-out.</param>
/// <param name="random">The source of tokens.</param>
/// <param name="logger">Logs replies without a request.</param>
public sealed class RequestClient(
    ServiceSpec spec,
    Func<string, ReadOnlyMemory<byte>, PublishOptions, CancellationToken, ValueTask<PublishResult>> publish,
    TimeSpan timeout,
    TimeProvider time,
    Random random,
    ILogger logger)
{
    /// <summary>The maximum number of requests that wait for their replies; further requests fail.</summary>
    public const int MaxPending = 100;

    private readonly ClientTokens _tokens = new(random);
    private readonly RequestSender _sender = new(publish);
    private readonly RequestTimeouts _timeouts = new(timeout, time);
    private readonly Dictionary<uint, PendingRequest> _pending = [];

    // Requests whose replies carry no token, by reply topic. Guarded by the lock on _pending.
    private readonly Dictionary<string, PendingRequest> _pendingByTopic = new(StringComparer.Ordinal);
    private readonly LogThrottle _notAwaited = new(time);
    private ReplyMatcher? _located;
    private int _waiting;

    /// <summary>
    /// Whether callers acknowledge replies themselves, with <see cref="Reply{TAccepted, TRejected}.Receipt"/>, once the content is stored.
    /// Otherwise each is acknowledged on receipt.
    /// </summary>
    public bool AcknowledgesManually { get; init; }

    /// <inheritdoc cref="MqttConnectionOptions.ContinueInline"/>
    public bool ContinueInline { get; init; }

    /// <summary>Called if the server has not even acknowledged a request in time: the connection may be dead.</summary>
    public Action? Unacknowledged { get; init; }

    /// <summary>
    /// The first levels of the topics that requests name for their replies, without a slash at the end: <c>thing-7/replies</c>. Subscribe
    /// to <see cref="ReplyFilter"/>. Null if no operation of the spec names them.
    /// </summary>
    public string? ReplyTopicPrefix { get; init; }

    /// <summary>The filter of the replies on topics that requests name; null if <see cref="ReplyTopicPrefix"/> is null.</summary>
    public string? ReplyFilter => ReplyTopicPrefix is null ? null : ReplyTopicPrefix + "/+";

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request; its own token is ignored.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The reply, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
        RequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class, ICorrelatedMessage<TRequest>
        where TAccepted : class, ICorrelatedMessage<TAccepted>
        where TRejected : class, ICorrelatedMessage<TRejected> =>
        RequestAsync<TRequest, TAccepted, TRejected, TAccepted>(operation, topic, request, TAccepted.TryRead, cancellationToken);

    /// <summary>Sends a request and waits for its reply, which a reader reads in place of the generated message.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request; its own token is ignored.</param>
    /// <param name="reader">Reads the reply if the request is accepted.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The reply, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<Reply<TResult, TRejected>> RequestAsync<TRequest, TAccepted, TRejected, TResult>(
        RequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        ReplyReader<TResult> reader,
        CancellationToken cancellationToken)
        where TRequest : class, ICorrelatedMessage<TRequest>
        where TAccepted : class, ICorrelatedMessage<TAccepted>
        where TRejected : class, ICorrelatedMessage<TRejected>
    {
        if (!request.TryValidate(out ConstraintViolation violation))
        {
            return ValueTask.FromResult(Reply<TResult, TRejected>.Failed(
                ReplyStatus.Invalid, $"{operation.Name} was not sent: {violation}"));
        }

        if (TryBegin(operation, topic, out uint number) is not { } pending)
        {
            return ValueTask.FromResult(Reply<TResult, TRejected>.Failed(
                ReplyStatus.NotConnected, $"{operation.Name} was not sent: {MaxPending} requests wait for their replies"));
        }

        // Not awaited: the reply may arrive before the acknowledgement, and neither time-out nor cancellation may truncate a packet.
        _sender.Send(pending, topic, request, _tokens, number);
        return WaitAsync<TResult, TRejected>(pending, number, reader, cancellationToken);
    }

    /// <summary>
    /// Sends a request whose replies carry no token, and waits for the next message on its reply topics. The late reply to a request that
    /// timed out or was cancelled can't be distinguished from the reply to the next one on the same topic.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The reply, or why there is none.</returns>
    /// <exception cref="InvalidOperationException">
    /// A request on the same topic is pending: their replies could not be distinguished.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
        TopicRequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        if (!request.TryValidate(out ConstraintViolation violation))
        {
            return Reply<TAccepted, TRejected>.Failed(ReplyStatus.Invalid, $"{operation.Name} was not sent: {violation}");
        }

        PendingRequest pending = new(operation, topic, ContinueInline);
        string accepted = ReplyTopic(operation, topic, operation.AcceptedChannel);
        string? rejected = operation.RejectedChannel == 0 ? null : ReplyTopic(operation, topic, operation.RejectedChannel);
        lock (_pending)
        {
            if (!_pendingByTopic.TryAdd(accepted, pending))
            {
                throw new InvalidOperationException($"{operation.Name} is pending on {topic}, and its replies carry no token: wait until "
                    + $"it has ended");
            }

            if (rejected is not null)
            {
                _pendingByTopic[rejected] = pending;
            }
        }

        _timeouts.Add(pending);
        _sender.Send(pending, topic, request);
        try
        {
            return await WaitAsync<TAccepted, TRejected>(pending, number: null, TAccepted.TryRead, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            lock (_pending)
            {
                // Another request may use the topic by now.
                Forget(accepted, pending);
                if (rejected is not null)
                {
                    Forget(rejected, pending);
                }
            }
        }
    }

    /// <summary>
    /// Sends a request whose token is in MQTT 5 properties or anywhere in the payload, and waits for its reply.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request; its own token and reply topic are ignored.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The reply, or why there is none. A connection in MQTT 3.1.1 can't send requests that need properties.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
        LocatedRequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        LocatedReplies replies = Locations();
        string? fault = operation.HasDynamicReply && !replies.HasOwnTopics
            ? $"the request names the topic of its reply, so the client needs a {nameof(ReplyTopicPrefix)}"
            : null;
        if (fault is null && !request.TryValidate(out ConstraintViolation violation))
        {
            fault = violation.ToString();
        }

        if (fault is not null)
        {
            return ValueTask.FromResult(Reply<TAccepted, TRejected>.Failed(
                ReplyStatus.Invalid, $"{operation.Name} was not sent: {fault}"));
        }

        if (TryBegin(operation, topic, out uint number) is not { } pending)
        {
            return ValueTask.FromResult(Reply<TAccepted, TRejected>.Failed(
                ReplyStatus.NotConnected, $"{operation.Name} was not sent: {MaxPending} requests wait for their replies"));
        }

        _sender.Send(pending, topic, request, operation, replies, number);
        return WaitAsync<TAccepted, TRejected>(pending, number, TAccepted.TryRead, cancellationToken);
    }

    /// <summary>Accepts an inbound message.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="properties">Its MQTT 5 properties.</param>
    /// <param name="receipt">
    /// Acknowledges it. The client or the request acknowledges replies; the caller must acknowledge all other messages.
    /// </param>
    /// <param name="channel">The channel of the topic; 0 if the spec has none.</param>
    /// <returns>True for a reply, even if no request waits for it; false for an event or a foreign message.</returns>
    public bool TryAccept(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt, out int channel)
    {
        ReplyMatcher? located = _located;
        if (located is not null && located.IsOwnTopic(topic))
        {
            channel = 0;
            if (located.TryReadTopic(topic, out uint number) && Take(number) is { } named && named.TryTake())
            {
                Complete(named, named.Operation.AcceptedChannel, topic, payload, properties, receipt);
                return true;
            }
        }
        else
        {
            if (!spec.TryMatch(topic, out channel))
            {
                return false;
            }

            bool isReply = false;
            IReadOnlyList<RequestOperation> requests = spec.Requests;
            for (int i = 0; i < requests.Count; i++)
            {
                if (!HasReply(requests[i], channel))
                {
                    continue;
                }

                isReply = true;
                if (Find(requests[i], channel, topic, payload, properties) is { } pending && pending.TryTake())
                {
                    Complete(pending, channel, topic, payload, properties, receipt);
                    return true;
                }
            }

            if (!isReply)
            {
                return false;
            }
        }

        receipt.Acknowledge();
        if (_notAwaited.TryPass(out string more))
        {
            ClientLog.ReplyNotAwaited(logger, topic, more);
        }

        return true;
    }

    /// <summary>Fails every pending request: the connection is lost.</summary>
    public void FailAll(string reason)
    {
        PendingRequest[] waiting;
        lock (_pending)
        {
            waiting = [.. _pending.Values, .. _pendingByTopic.Values];
        }

        foreach (PendingRequest pending in waiting)
        {
            pending.OnConnectionLost(reason);
        }
    }

    private PendingRequest? Find(
        RequestOperation operation, int channel, string topic, ReadOnlyMemory<byte> payload, MessageProperties properties)
    {
        ReadOnlySpan<byte> member = operation.CorrelationMember(channel);
        if (member.IsEmpty)
        {
            if (_located is { } located && located.TryRead(operation, channel, payload, properties, out uint found))
            {
                return Take(found);
            }

            lock (_pending)
            {
                return _pendingByTopic.Remove(topic, out PendingRequest? pending) ? pending : null;
            }
        }

        Span<byte> buffer = stackalloc byte[ClientTokens.Length];
        return CorrelationToken.TryRead(payload.Span, member, out JsonText text) && _tokens.TryRead(text.Unescape(buffer), out uint number)
            ? Take(number)
            : null;
    }

    private PendingRequest? Take(uint number)
    {
        lock (_pending)
        {
            return _pending.Remove(number, out PendingRequest? pending) ? pending : null;
        }
    }

    /// <summary>Gives a request its token and its time-out. Null if too many requests are pending.</summary>
    private PendingRequest? TryBegin(RequestOperation operation, string topic, out uint number)
    {
        PendingRequest pending = new(operation, topic, ContinueInline);
        number = _tokens.Next();
        lock (_pending)
        {
            if (_waiting == MaxPending)
            {
                return null;
            }

            _waiting++;
            _pending[number] = pending;
        }

        _timeouts.Add(pending);
        return pending;
    }

    private LocatedReplies Locations()
    {
        lock (_pending)
        {
            _located ??= new LocatedReplies(_tokens, ReplyTopicPrefix);
            return (LocatedReplies)_located;
        }
    }

    private static void Complete(
        PendingRequest pending,
        int channel,
        string topic,
        ReadOnlyMemory<byte> payload,
        MessageProperties properties,
        MessageReceipt receipt)
    {
        RequestOperation operation = pending.Operation;

        // A server sends clients their own messages, too: this may be the request itself.
        bool isRequest = topic == pending.Topic;
        if (isRequest || !HasReply(operation, channel))
        {
            pending.Fail(
                ReplyStatus.Undecodable,
                $"the reply to {operation.Name} came on {topic}{(isRequest ? ", the topic of the request" : "")}");
            receipt.Acknowledge();
            return;
        }

        bool isRejected = operation.IsRejected?.Invoke(payload, properties) ?? channel != operation.AcceptedChannel;
        pending.Complete(isRejected ? ReplyStatus.Rejected : ReplyStatus.Accepted, payload, properties, receipt);
    }

    private static bool HasReply(RequestOperation operation, int channel) =>
        operation.AcceptedChannel == channel || operation.RejectedChannel == channel;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reply<TResult, TRejected>> WaitAsync<TResult, TRejected>(
        PendingRequest pending,
        uint? number,
        ReplyReader<TResult> reader,
        CancellationToken cancellationToken)
        where TRejected : class, IMessage<TRejected>
    {
        CancellationTokenRegistration canceling = pending.CancelBy(cancellationToken);
        try
        {
            ReceivedReply received = await pending.End.ConfigureAwait(false);
            if (pending.IsCanceled || !AcknowledgesManually)
            {
                received.Receipt.Acknowledge();
            }

            if (pending.IsCanceled)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            if (received.Status == ReplyStatus.TimedOut)
            {
                if (!pending.IsAcknowledged)
                {
                    Unacknowledged?.Invoke();
                }

                received = received with { Reason = TimeoutReason(pending) };
            }

            return Reply<TResult, TRejected>.Read(received, pending.Operation.Name, reader);
        }
        finally
        {
            canceling.Unregister();
            _timeouts.Remove(pending);
            if (number is { } known)
            {
                Forget(known);
            }
        }
    }

    private void Forget(string replyTopic, PendingRequest pending)
    {
        if (_pendingByTopic.TryGetValue(replyTopic, out PendingRequest? waiting) && waiting == pending)
        {
            _pendingByTopic.Remove(replyTopic);
        }
    }

    private void Forget(uint number)
    {
        lock (_pending)
        {
            _pending.Remove(number);
            _waiting--;
        }
    }

    private string ReplyTopic(RequestOperation operation, string topic, int channel) =>
        ReplyTopics.Of(spec.AddressOf(operation.RequestChannel), topic, spec.AddressOf(channel));

    private string TopicsOf(PendingRequest pending) =>
        _located?.TopicsOf(pending.Operation) ?? ReplyTopic(pending.Operation, pending.Topic, pending.Operation.AcceptedChannel);

    private string TimeoutReason(PendingRequest pending) =>
        $"no reply to {pending.Operation.Name} within {timeout.TotalSeconds:0.#} s"
        + (pending.IsAcknowledged
            ? $", although the server acknowledged the request; if this persists on AWS IoT: allow iot:Receive for "
                + $"topic/{TopicsOf(pending)} in the thing's policy"
            : ", and the server has not acknowledged the request");
}
