using System.Collections.Concurrent;
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
    private readonly ClientTokens _tokens = new(random);
    private readonly ConcurrentDictionary<uint, PendingRequest> _pending = new();

    // Those whose replies carry no token, by the topics of their replies.
    private readonly ConcurrentDictionary<string, PendingRequest> _pendingByTopic = new(StringComparer.Ordinal);
    private RequestEncoder? _spare;

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request; its own token is passed over.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The reply, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
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
            return Reply<TAccepted, TRejected>.Without(ReplyStatus.Invalid, $"{operation.Name} was not sent: {violation}");
        }

        PendingRequest<TAccepted, TRejected> pending = new(operation);
        uint number = _tokens.Next();
        _pending[number] = pending;

        // Not awaited: the reply may come before the acknowledgement, and neither time-out nor cancellation may cut a packet short.
        _ = SendAsync(pending, topic, request, number);
        try
        {
            return await WaitAsync(pending, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(number, out _);
        }
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
            return Reply<TAccepted, TRejected>.Without(ReplyStatus.Invalid, $"{operation.Name} was not sent: {violation}");
        }

        PendingRequest<TAccepted, TRejected> pending = new(operation);
        string accepted = ReplyTopic(operation, topic, operation.AcceptedChannel);
        if (!_pendingByTopic.TryAdd(accepted, pending))
        {
            throw new InvalidOperationException($"{operation.Name} is under way on {topic}, and its replies carry no token: wait for its end");
        }

        string? rejected = operation.RejectedChannel == 0 ? null : ReplyTopic(operation, topic, operation.RejectedChannel);
        if (rejected is not null)
        {
            _pendingByTopic[rejected] = pending;
        }

        _ = SendAsync(pending, topic, request);
        try
        {
            return await WaitAsync(pending, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (rejected is not null)
            {
                _pendingByTopic.TryRemove(rejected, out _);
            }

            _pendingByTopic.TryRemove(accepted, out _);
        }
    }

    /// <summary>Takes an inbound message.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="channel">The channel of the topic, or 0 when the spec does not know it.</param>
    /// <returns>True when the message was a reply, whether or not somebody waited for it; false when it is an event or foreign.</returns>
    public bool TryAccept(string topic, ReadOnlyMemory<byte> payload, out int channel)
    {
        if (!spec.TryMatch(topic, out channel) || FindOperation(channel) is not { } operation)
        {
            return false;
        }

        ReadOnlySpan<byte> member = operation.CorrelationMember(channel);
        if (member.IsEmpty)
        {
            if (_pendingByTopic.TryRemove(topic, out PendingRequest? only))
            {
                only.Complete(channel, payload);
                return true;
            }

            ClientLog.ReplyNotAwaited(logger, topic);
            return true;
        }

        Span<byte> buffer = stackalloc byte[ClientTokens.Length];
        if (CorrelationToken.TryRead(payload.Span, member, out JsonText text)
            && _tokens.TryRead(text.Unescape(buffer), out uint number)
            && _pending.TryRemove(number, out PendingRequest? pending))
        {
            if (ReferenceEquals(operation, pending.Operation))
            {
                pending.Complete(channel, payload);
                return true;
            }

            pending.Fail(ReplyStatus.Undecodable, $"the reply to {pending.Operation.Name} came on {topic}");
            return true;
        }

        ClientLog.ReplyNotAwaited(logger, topic);
        return true;
    }

    /// <summary>Ends every wait: without the connection no reply will come.</summary>
    public void FailAll(string reason)
    {
        foreach (KeyValuePair<uint, PendingRequest> entry in _pending)
        {
            entry.Value.Fail(ReplyStatus.NotConnected, reason);
        }

        foreach (KeyValuePair<string, PendingRequest> entry in _pendingByTopic)
        {
            entry.Value.Fail(ReplyStatus.NotConnected, reason);
        }
    }

    /// <summary>Encodes and publishes. What goes wrong ends the request's wait.</summary>
    private async Task SendAsync<TRequest>(PendingRequest pending, string topic, TRequest request, uint number)
        where TRequest : class, ICorrelatedMessage<TRequest>
    {
        RequestEncoder encoder = Interlocked.Exchange(ref _spare, null) ?? new RequestEncoder();
        try
        {
            await PublishAsync(pending, topic, Encode(encoder, request, number)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            pending.Fail(e);
        }
        finally
        {
            if (!encoder.IsReusable || Interlocked.CompareExchange(ref _spare, encoder, null) is not null)
            {
                encoder.Dispose();
            }
        }
    }

    /// <summary>The same for a request without a token.</summary>
    private async Task SendAsync<TRequest>(PendingRequest pending, string topic, TRequest request)
        where TRequest : class, IMessage<TRequest>
    {
        try
        {
            // An encoder of its own: such requests are rare, and may hold what should not stay in memory.
            using RequestEncoder encoder = new();
            await PublishAsync(pending, topic, encoder.Encode(request)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            pending.Fail(e);
        }
    }

    private async ValueTask PublishAsync(PendingRequest pending, string topic, ReadOnlyMemory<byte> payload)
    {
        PublishResult published = await publish(topic, payload, pending.Operation.PublishOptions, CancellationToken.None).ConfigureAwait(false);
        pending.IsAcknowledged = published.Status == PublishStatus.Acknowledged;
        if (!pending.IsAcknowledged)
        {
            pending.Fail(StatusOf(published.Status), published.Reason);
        }
    }

    private async Task<Reply<TAccepted, TRejected>> WaitAsync<TAccepted, TRejected>(
        PendingRequest<TAccepted, TRejected> pending,
        CancellationToken cancellationToken)
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        try
        {
            return await pending.Task.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Reply<TAccepted, TRejected>.Without(ReplyStatus.TimedOut, Late(pending));
        }
    }

    private string ReplyTopic(RequestOperation operation, string topic, int channel) =>
        ReplyTopics.Of(spec.AddressOf(operation.RequestChannel), topic, spec.AddressOf(channel));

    private ReadOnlyMemory<byte> Encode<TRequest>(RequestEncoder encoder, TRequest request, uint number)
        where TRequest : class, ICorrelatedMessage<TRequest>
    {
        Span<byte> token = stackalloc byte[ClientTokens.Length];
        _tokens.Write(number, token);
        return encoder.Encode(request, token);
    }

    private static ReplyStatus StatusOf(PublishStatus status) => status switch
    {
        PublishStatus.Refused => ReplyStatus.Refused,
        PublishStatus.TooLarge => ReplyStatus.Invalid,
        _ => ReplyStatus.NotConnected,
    };

    private string Late(PendingRequest pending) =>
        $"no reply to {pending.Operation.Name} within {timeout.TotalSeconds:0.#} s"
        + (pending.IsAcknowledged
            ? ", though the server took the request; should this go on, on AWS IoT: allow iot:Receive for the replies in the thing's policy"
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
