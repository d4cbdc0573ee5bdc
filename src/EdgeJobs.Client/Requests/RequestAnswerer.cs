using EdgeJobs.Client.Logging;
using EdgeJobs.Client.Requests;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>
/// Answers requests of any spec: calls a handler for each, and publishes its reply with the token of the request on the topic that the
/// spec or the request names.
/// </summary>
/// <param name="spec">The spec that declares the operations.</param>
/// <param name="publish">
/// Publishes a message: <see cref="MqttConnection.PublishAsync(string, ReadOnlyMemory{byte}, PublishOptions, CancellationToken)"/>.
/// </param>
/// <param name="time">The clock of log lines.</param>
/// <param name="logger">Logs requests that get no reply.</param>
public sealed class RequestAnswerer(
    ServiceSpec spec,
    Func<string, ReadOnlyMemory<byte>, PublishOptions, CancellationToken, ValueTask<PublishResult>> publish,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    /// <summary>The maximum number of requests that are being answered; further ones are dropped and logged.</summary>
    public const int MaxInWork = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Responder> _responders = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogThrottle _dropped = new(time);
    private readonly LogThrottle _notRead = new(time);
    private readonly LogThrottle _notAnswered = new(time);
    private int _inWork;
    private bool _isClosed;

    /// <summary>Registers the handler of an operation. Subscribe to its filter, which the generated topics have.</summary>
    /// <param name="operation">The operation, from the generated table.</param>
    /// <param name="handler">
    /// Handles a request on the thread pool; several at the same time. Its token is cancelled when the answerer is disposed of.
    /// An exception is logged, and the request gets no reply.
    /// </param>
    /// <exception cref="InvalidOperationException">A request on the same channel has a handler.</exception>
    public void Register<TRequest, TAccepted, TRejected>(
        AnswerOperation<TRequest, TAccepted, TRejected> operation,
        Func<ReceivedRequest<TRequest>, CancellationToken, ValueTask<Answer<TAccepted, TRejected>>> handler)
        where TRequest : class, IMessage<TRequest>
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        lock (_gate)
        {
            if (!_responders.TryAdd(operation.RequestChannel, new Responder<TRequest, TAccepted, TRejected>(operation, handler)))
            {
                throw new InvalidOperationException($"requests on {spec.AddressOf(operation.RequestChannel)} have a handler already");
            }
        }
    }

    /// <summary>Accepts an inbound message, and acknowledges it if it is a request: a lost reply is the requester's time-out.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="properties">Its MQTT 5 properties.</param>
    /// <param name="receipt">Acknowledges it; the caller must acknowledge messages that are no requests.</param>
    /// <param name="channel">The channel of the topic, from the generated matcher.</param>
    /// <returns>True for a request that has a handler.</returns>
    public bool TryAccept(
        string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt, int channel)
    {
        bool isDropped;
        Responder? responder;
        lock (_gate)
        {
            if (!_responders.TryGetValue(channel, out responder))
            {
                return false;
            }

            isDropped = _isClosed || _inWork == MaxInWork;
            _inWork += isDropped ? 0 : 1;
        }

        receipt.Acknowledge();
        if (!isDropped)
        {
            _ = Task.Run(() => AnswerAsync(responder, topic, payload, properties));
        }
        else if (_dropped.TryPass(out string more))
        {
            ServiceLog.RequestDropped(logger, topic, MaxInWork, more);
        }

        return true;
    }

    /// <summary>Cancels the handlers and waits for them. Further requests get no reply.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_inWork == 0)
            {
                _idle.TrySetResult();
            }
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _idle.Task.ConfigureAwait(false);
    }

    private async Task AnswerAsync(Responder responder, string topic, ReadOnlyMemory<byte> payload, MessageProperties properties)
    {
        try
        {
            await AnswerAsync(responder, new Request(topic, payload, properties)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The answerer is being disposed of.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            ClientLog.HandlerFailed(logger, e, topic);
        }
        finally
        {
            lock (_gate)
            {
                _inWork--;
                if (_isClosed && _inWork == 0)
                {
                    _idle.TrySetResult();
                }
            }
        }
    }

    private async Task AnswerAsync(Responder responder, Request request)
    {
        using RequestEncoder encoder = new();
        (Outgoing reply, string fault) = await responder.AnswerAsync(request, encoder, _closing.Token).ConfigureAwait(false);
        if (fault.Length > 0)
        {
            if (_notRead.TryPass(out string more))
            {
                ServiceLog.RequestNotRead(logger, request.Topic, fault, more);
            }
        }
        else if (reply.Channel != 0)
        {
            string reason = await ReplyAsync(responder.Operation, request, reply).ConfigureAwait(false);
            if (reason.Length > 0 && _notAnswered.TryPass(out string more))
            {
                ServiceLog.RequestNotAnswered(logger, request.Topic, reason, more);
            }
        }
    }

    /// <summary>Publishes a reply. The result is why this failed, or empty.</summary>
    private async Task<string> ReplyAsync(AnswerOperation operation, Request request, Outgoing reply)
    {
        string? topic = TopicOf(operation, request, reply.Channel);
        if (topic is null)
        {
            return "the request names no topic for its reply";
        }

        if (topic.Length == 0 || topic.AsSpan().IndexOfAny("+#\0") >= 0)
        {
            return "the request names an invalid topic for its reply";
        }

        if (topic == request.Topic)
        {
            // It would be the next request.
            return "its reply has the topic of the request";
        }

        ReadOnlyMemory<byte> payload = reply.Payload;
        MessageProperties properties = reply.Properties;

        // MQTT 5 repeats Correlation Data in the reply, whatever else identifies the request.
        if (!request.Properties.CorrelationData.IsEmpty)
        {
            properties = new MessageProperties
            {
                ContentType = properties.ContentType,
                CorrelationData = request.Properties.CorrelationData,
                UserProperties = properties.UserProperties,
            };
        }

        if (MessageToken.TryRead(operation.RequestToken, request.Payload, request.Properties, out MessageToken token))
        {
            MessageLocation location = reply.IsAccepted ? operation.AcceptedToken : operation.RejectedToken;
            token.WriteTo(location, ref payload, ref properties);
        }

        PublishOptions options = new(operation.QualityOfService) { Properties = properties };
        PublishResult result = await publish(topic, payload, options, CancellationToken.None).ConfigureAwait(false);
        return result.Status == PublishStatus.Acknowledged ? "" : result.Reason;
    }

    private string? TopicOf(AnswerOperation operation, Request request, int channel) => operation.ReplyAddress switch
    {
        { Kind: MessageLocationKind.None } =>
            ReplyTopics.Of(spec.AddressOf(operation.RequestChannel), request.Topic, spec.AddressOf(channel)),
        { IsMember: true, Name: var name } => JsonMember.ReadText(request.Payload, name),
        { Kind: MessageLocationKind.UserProperty, Name: var name } => request.Properties.UserProperty(name),
        _ => request.Properties.ResponseTopic.Length == 0 ? null : request.Properties.ResponseTopic,
    };

    /// <summary>A request as received.</summary>
    private readonly record struct Request(string Topic, ReadOnlyMemory<byte> Payload, MessageProperties Properties);

    /// <summary>An encoded reply; the channel is 0 if there is none.</summary>
    private readonly record struct Outgoing(int Channel, bool IsAccepted, ReadOnlyMemory<byte> Payload, MessageProperties Properties);

    /// <summary>The handler of an operation.</summary>
    private abstract class Responder(AnswerOperation operation)
    {
        public AnswerOperation Operation { get; } = operation;

        /// <summary>Reads a request, has it handled, and encodes the reply, or says why the request can't be read.</summary>
        public abstract ValueTask<(Outgoing Reply, string Fault)> AnswerAsync(
            Request request, RequestEncoder encoder, CancellationToken cancellationToken);
    }

    private sealed class Responder<TRequest, TAccepted, TRejected>(
        AnswerOperation<TRequest, TAccepted, TRejected> operation,
        Func<ReceivedRequest<TRequest>, CancellationToken, ValueTask<Answer<TAccepted, TRejected>>> handler) : Responder(operation)
        where TRequest : class, IMessage<TRequest>
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        public override async ValueTask<(Outgoing Reply, string Fault)> AnswerAsync(
            Request request, RequestEncoder encoder, CancellationToken cancellationToken)
        {
            if (!TRequest.TryRead(request.Payload, request.Properties, out TRequest? message, out CodecError error))
            {
                return (default, error.ToString());
            }

            if (!message.TryValidate(out ConstraintViolation violation))
            {
                return (default, violation.ToString());
            }

            ReceivedRequest<TRequest> received = new(request.Topic, message, request.Properties);
            Answer<TAccepted, TRejected> answer = await handler(received, cancellationToken).ConfigureAwait(false);
            if (answer.Accepted is { } accepted)
            {
                Check(accepted.TryValidate(out violation), violation);
                return (new Outgoing(Operation.AcceptedChannel, true, encoder.Encode(accepted), accepted.PropertiesToSend), "");
            }

            if (answer.Rejected is not { } rejected)
            {
                return (default, "");
            }

            // An operation without a reply to rejected requests uses the channel of its only reply.
            Check(rejected.TryValidate(out violation), violation);
            bool isOnly = Operation.RejectedChannel == 0;
            int channel = isOnly ? Operation.AcceptedChannel : Operation.RejectedChannel;
            return (new Outgoing(channel, isOnly, encoder.Encode(rejected), rejected.PropertiesToSend), "");
        }

        private void Check(bool isValid, ConstraintViolation violation)
        {
            if (!isValid)
            {
                throw new InvalidOperationException($"the reply to {Operation.Name} is invalid: {violation}");
            }
        }
    }
}
