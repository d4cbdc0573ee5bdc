using System.Runtime.CompilerServices;
using EdgeJobs.Client.Logging;
using EdgeJobs.Client.Requests;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>
/// Sends requests of any spec and brings each its reply: the reply's topic tells the operation, the token in its payload
/// tells the request.
/// </summary>
/// <param name="spec">The spec that declares the operations.</param>
/// <param name="publish">Publishes a message; the payload may be used again when the call has ended.</param>
/// <param name="timeout">How long a reply may take.</param>
/// <param name="time">The clock of the time-out.</param>
/// <param name="random">Where tokens come from.</param>
/// <param name="logger">Where replies go that nobody waits for.</param>
public sealed class RequestClient(
    ServiceSpec spec,
    Func<string, ReadOnlyMemory<byte>, PublishOptions, CancellationToken, ValueTask<PublishResult>> publish,
    TimeSpan timeout,
    TimeProvider time,
    Random random,
    ILogger logger)
{
    /// <summary>How many requests may wait for their replies at once; one more is not sent.</summary>
    public const int MaxPending = 100;

    private readonly ClientTokens _tokens = new(random);
    private readonly RequestSender _sender = new(publish);
    private readonly RequestTimeouts _timeouts = new(timeout, time);
    private readonly Dictionary<uint, PendingRequest> _pending = [];

    // Those whose replies carry no token, by the topics of their replies. Under the lock of the others.
    private readonly Dictionary<string, PendingRequest> _pendingByTopic = new(StringComparer.Ordinal);
    private readonly LogThrottle _notAwaited = new(time);
    private int _waiting;

    /// <summary>
    /// Whether callers acknowledge replies themselves, with <see cref="Reply{TAccepted, TRejected}.Receipt"/>, when what a reply
    /// brought can't be lost any more. Otherwise each is acknowledged on receipt.
    /// </summary>
    public bool HoldsReceipts { get; set; }

    /// <inheritdoc cref="MqttConnectionOptions.ContinueInline"/>
    public bool ContinueInline { get; init; }

    /// <summary>Called when not even the server's acknowledgement of a request has come in time: the connection may be dead. Null to call nobody.</summary>
    public Action? Unacknowledged { get; init; }

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request; its own token is passed over.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The reply, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
        RequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class, ICorrelatedMessage<TRequest>
        where TAccepted : class, ICorrelatedMessage<TAccepted>
        where TRejected : class, ICorrelatedMessage<TRejected>
    {
        if (!request.TryValidate(out ConstraintViolation violation))
        {
            return ValueTask.FromResult(Reply<TAccepted, TRejected>.Failed(ReplyStatus.Invalid, $"{operation.Name} was not sent: {violation}"));
        }

        PendingRequest<TAccepted, TRejected> pending = new(operation, ContinueInline);
        uint number = _tokens.Next();
        lock (_pending)
        {
            if (_waiting == MaxPending)
            {
                return ValueTask.FromResult(
                    Reply<TAccepted, TRejected>.Failed(ReplyStatus.NotConnected, $"{operation.Name} was not sent: {MaxPending} requests wait for their replies"));
            }

            _waiting++;
            _pending[number] = pending;
        }

        _timeouts.Add(pending);

        // Not awaited: the reply may come before the acknowledgement, and neither time-out nor cancellation may cut a packet short.
        _sender.Send(pending, topic, request, _tokens, number);
        return WaitAsync(pending, topic, number, cancellationToken);
    }

    /// <summary>
    /// Sends a request whose replies carry no token, and waits for the one that comes next on the topics of its replies. A
    /// reply that comes after a time-out can't be told from that to a later request: connect anew before asking again.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The reply, or why there is none.</returns>
    /// <exception cref="InvalidOperationException">A request on the same topic is under way: their replies could not be told apart.</exception>
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

        PendingRequest<TAccepted, TRejected> pending = new(operation, ContinueInline);
        string accepted = ReplyTopic(operation, topic, operation.AcceptedChannel);
        string? rejected = operation.RejectedChannel == 0 ? null : ReplyTopic(operation, topic, operation.RejectedChannel);
        lock (_pending)
        {
            if (!_pendingByTopic.TryAdd(accepted, pending))
            {
                throw new InvalidOperationException($"{operation.Name} is under way on {topic}, and its replies carry no token: wait for its end");
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
            return await WaitAsync(pending, topic, number: null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_pending)
            {
                // Another request may wait there by now.
                Forget(accepted, pending);
                if (rejected is not null)
                {
                    Forget(rejected, pending);
                }
            }
        }
    }

    /// <summary>Takes an inbound message.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="receipt">What it is acknowledged with: of a reply that is done here, or by who waits for it; of all else by the caller.</param>
    /// <param name="channel">The channel of the topic, or 0 when the spec does not know it.</param>
    /// <returns>True when the message was a reply, whether or not somebody waited for it; false when it is an event or foreign.</returns>
    public bool TryAccept(string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt, out int channel)
    {
        if (!spec.TryMatch(topic, out channel) || FindOperation(channel) is not { } operation)
        {
            return false;
        }

        if (Find(operation, channel, topic, payload.Span) is { } pending && pending.TryTake())
        {
            Complete(pending, operation, topic, channel, payload, receipt);
            return true;
        }

        receipt.Acknowledge();
        if (_notAwaited.TryPass(out string more))
        {
            ClientLog.ReplyNotAwaited(logger, topic, more);
        }

        return true;
    }

    /// <summary>Ends every wait: without the connection no reply will come.</summary>
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

    private PendingRequest? Find(RequestOperation operation, int channel, string topic, ReadOnlySpan<byte> payload)
    {
        PendingRequest? pending;
        ReadOnlySpan<byte> member = operation.CorrelationMember(channel);
        if (member.IsEmpty)
        {
            lock (_pending)
            {
                return _pendingByTopic.Remove(topic, out pending) ? pending : null;
            }
        }

        Span<byte> buffer = stackalloc byte[ClientTokens.Length];
        if (!CorrelationToken.TryRead(payload, member, out JsonText text) || !_tokens.TryRead(text.Unescape(buffer), out uint number))
        {
            return null;
        }

        lock (_pending)
        {
            return _pending.Remove(number, out pending) ? pending : null;
        }
    }

    private static void Complete(PendingRequest pending, RequestOperation operation, string topic, int channel, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        if (!ReferenceEquals(operation, pending.Operation))
        {
            pending.Fail(ReplyStatus.Undecodable, $"the reply to {pending.Operation.Name} came on {topic}");
            receipt.Acknowledge();
            return;
        }

        try
        {
            pending.Complete(channel, payload, receipt);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nobody else ends the wait.
            pending.Fail(e);
            receipt.Acknowledge();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reply<TAccepted, TRejected>> WaitAsync<TAccepted, TRejected>(
        PendingRequest<TAccepted, TRejected> pending,
        string topic,
        uint? number,
        CancellationToken cancellationToken)
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        CancellationTokenRegistration canceling = pending.CancelBy(cancellationToken);
        try
        {
            Reply<TAccepted, TRejected>? end = await pending.End.ConfigureAwait(false);
            if (pending.IsCanceled || !HoldsReceipts)
            {
                end?.Receipt.Acknowledge();
            }

            if (pending.IsCanceled)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            if (end is { } reply)
            {
                return reply;
            }

            if (!pending.IsAcknowledged)
            {
                Unacknowledged?.Invoke();
            }

            return Reply<TAccepted, TRejected>.Failed(ReplyStatus.TimedOut, TimeoutReason(pending, topic));
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

    private string TimeoutReason(PendingRequest pending, string topic) =>
        $"no reply to {pending.Operation.Name} within {timeout.TotalSeconds:0.#} s"
        + (pending.IsAcknowledged
            ? $", though the server took the request; should this go on, on AWS IoT: allow iot:Receive for topic/{ReplyTopic(pending.Operation, topic, pending.Operation.AcceptedChannel)} in the thing's policy"
            : ", and the server has not acknowledged the request");

    private RequestOperation? FindOperation(int replyChannel)
    {
        IReadOnlyList<RequestOperation> requests = spec.Requests;
        for (int i = 0; i < requests.Count; i++)
        {
            if (requests[i].AcceptedChannel == replyChannel || requests[i].RejectedChannel == replyChannel)
            {
                return requests[i];
            }
        }

        return null;
    }
}
