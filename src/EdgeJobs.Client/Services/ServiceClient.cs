using EdgeJobs.Client.Logging;
using EdgeJobs.Client.Services;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>
/// What generated clients are built on: one connection that reconnects and resubscribes by itself, with the requests, events and answers
/// of one spec.
/// </summary>
public sealed class ServiceClient : IMqttHandler, IAsyncDisposable
{
    private readonly ServiceSpec _spec;
    private readonly LogThrottle _notKnown;
    private readonly Lock _gate = new();
    private IEventListener[] _listeners = [];
    private EventPublisher? _events;
    private RequestAnswerer? _answerer;

    // A delegate, so that a program without answers links neither the answerer nor, as an interface would, each type that can be
    // disposed of.
    private Func<ValueTask>? _disposeAnswerer;
    private bool _isClosed;

    /// <summary>Creates a client that is not connected yet.</summary>
    /// <param name="spec">The operations and topics.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="ServiceClientOptions.EventCapacity"/> is less than 1.</exception>
    public ServiceClient(ServiceSpec spec, ServiceClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EventCapacity, 1);
        _spec = spec;
        Options = options;
        Connection = new KeptConnection(options, this);
        Requests = new RequestClient(
            spec, Connection.Mqtt.PublishAsync, options.Connection.RequestTimeout, options.Time, options.Random, options.Logger)
        {
            Unacknowledged = Connection.Mqtt.Probe,
            ContinueInline = options.Connection.ContinueInline,
            AcknowledgesManually = options.AcknowledgesManually,
            ReplyTopicPrefix = NamesReplyTopics(spec) ? options.ReplyTopicPrefix ?? options.Connection.ClientId + "/replies" : null,
        };
        _notKnown = new LogThrottle(options.Time);
        foreach (string filter in options.Filters)
        {
            Connection.Subscriptions.Add(filter);
        }
    }

    /// <summary>True while connected with every subscription granted.</summary>
    public bool IsConnected => Connection.IsUp;

    internal ServiceClientOptions Options { get; }

    internal KeptConnection Connection { get; }

    internal RequestClient Requests { get; }

    /// <summary>Connects and subscribes. Call it once; after it succeeds the client reconnects automatically.</summary>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>Success when the server has granted every subscription; otherwise the failure.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken = default) => Connection.ConnectAsync(cancellationToken);

    /// <summary>Sends DISCONNECT, closes the connection and stops reconnecting.</summary>
    /// <param name="cancellationToken">Closes without waiting until DISCONNECT is sent.</param>
    public async Task DisconnectAsync(CancellationToken cancellationToken = default)
    {
        await Connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
        Requests.FailAll("the client has disconnected");
    }

    /// <summary>
    /// Cancels handlers and waits for them, then closes without sending DISCONNECT. Requests that wait for a reply get
    /// <see cref="ReplyStatus.NotConnected"/>, and event feeds end after the messages that they hold.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposeAnswerer is { } dispose)
        {
            await dispose().ConfigureAwait(false);
        }

        await Connection.DisposeAsync().ConfigureAwait(false);
        Requests.FailAll("the client is closed");
        IEventListener[] listeners;
        lock (_gate)
        {
            _isClosed = true;
            listeners = _listeners;
        }

        foreach (IEventListener listener in listeners)
        {
            listener.Complete();
        }
    }

    /// <summary>Publishes a message without a reply and waits for the acknowledgement.</summary>
    /// <inheritdoc cref="EventPublisher.PublishAsync{TEvent}(EventOperation{TEvent}, string, TEvent, CancellationToken)"/>
    public ValueTask<PublishResult> PublishAsync<TEvent>(
        EventOperation<TEvent> operation,
        string topic,
        TEvent message,
        CancellationToken cancellationToken)
        where TEvent : class, IMessage<TEvent> =>
        (_events ??= new EventPublisher(Connection.Mqtt.PublishAsync)).PublishAsync(operation, topic, message, cancellationToken);

    /// <summary>Creates the feed of an operation's received messages.</summary>
    /// <typeparam name="TMessage">The payload.</typeparam>
    /// <typeparam name="TEvent">A message with the parameters of its topic.</typeparam>
    /// <param name="operation">The operation, from the generated table.</param>
    /// <param name="filter">The topics, from the generated filters.</param>
    /// <param name="create">Creates an event from a message.</param>
    public EventFeed<TEvent> Listen<TMessage, TEvent>(
        EventOperation<TMessage> operation,
        string filter,
        Func<ReceivedEvent<TMessage>, TEvent> create)
        where TMessage : class, IMessage<TMessage> => new EventQueue<TMessage, TEvent>(this, operation, filter, create);

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request; its own token is ignored.</param>
    /// <param name="replyFilter">The topics of the replies. The first request subscribes to them.</param>
    /// <param name="otherReplyFilter">The topics of further replies, or null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The reply, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
        RequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        string replyFilter,
        string? otherReplyFilter,
        CancellationToken cancellationToken)
        where TRequest : class, ICorrelatedMessage<TRequest>
        where TAccepted : class, ICorrelatedMessage<TAccepted>
        where TRejected : class, ICorrelatedMessage<TRejected>
    {
        return await ListenForRepliesAsync(replyFilter, otherReplyFilter, cancellationToken).ConfigureAwait(false) is { } failure
            ? NotSent<TAccepted, TRejected>(operation, failure)
            : await Requests.RequestAsync(operation, topic, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends a request whose replies carry no token, and waits for the next message on its reply topics. The late reply to a request that
    /// timed out or was cancelled can't be distinguished from the reply to the next one on the same topic.
    /// </summary>
    /// <inheritdoc cref="RequestAsync{TRequest, TAccepted, TRejected}(
    ///   RequestOperation{TRequest, TAccepted, TRejected}, string, TRequest, string, string?, CancellationToken)"/>
    public async ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
        TopicRequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        string replyFilter,
        string? otherReplyFilter,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        return await ListenForRepliesAsync(replyFilter, otherReplyFilter, cancellationToken).ConfigureAwait(false) is { } failure
            ? NotSent<TAccepted, TRejected>(operation, failure)
            : await Requests.RequestAsync(operation, topic, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request whose reply the spec describes in another way, and waits for it.</summary>
    /// <inheritdoc cref="RequestAsync{TRequest, TAccepted, TRejected}(
    ///   RequestOperation{TRequest, TAccepted, TRejected}, string, TRequest, string, string?, CancellationToken)"/>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request, from the generated builders.</param>
    /// <param name="request">The request; its own token is ignored.</param>
    /// <param name="replyFilter">The topics of the replies; null for those of the client.</param>
    /// <param name="otherReplyFilter">The topics of further replies, or null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<Reply<TAccepted, TRejected>> RequestAsync<TRequest, TAccepted, TRejected>(
        LocatedRequestOperation<TRequest, TAccepted, TRejected> operation,
        string topic,
        TRequest request,
        string? replyFilter,
        string? otherReplyFilter,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        return await ListenForRepliesAsync(replyFilter ?? Requests.ReplyFilter!, otherReplyFilter, cancellationToken)
            .ConfigureAwait(false) is { } failure
            ? NotSent<TAccepted, TRejected>(operation, failure)
            : await Requests.RequestAsync(operation, topic, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Registers the handler of an operation that this side answers. <see cref="ConnectAsync"/> subscribes to its requests.
    /// </summary>
    /// <param name="operation">The operation, from the generated table.</param>
    /// <param name="filter">The topics of the requests, from the generated filters.</param>
    /// <param name="handler">
    /// Handles a request on the thread pool; several at the same time. Its token is cancelled when the client is disposed of. An exception
    /// is logged, and the request gets no reply.
    /// </param>
    /// <exception cref="InvalidOperationException">The client is connected, or requests on the same channel have a handler.</exception>
    public void Answer<TRequest, TAccepted, TRejected>(
        AnswerOperation<TRequest, TAccepted, TRejected> operation,
        string filter,
        Func<ReceivedRequest<TRequest>, CancellationToken, ValueTask<Answer<TAccepted, TRejected>>> handler)
        where TRequest : class, IMessage<TRequest>
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected>
    {
        if (IsConnected)
        {
            throw new InvalidOperationException($"the handler of {operation.Name} must be registered before the client connects");
        }

        RequestAnswerer answerer = _answerer
            ?? new RequestAnswerer(_spec, Connection.Mqtt.PublishAsync, Options.Time, Options.Logger);
        answerer.Register(operation, handler);
        _answerer = answerer;
        _disposeAnswerer = answerer.DisposeAsync;
        Add(new AnswerListener(answerer, operation.RequestChannel, filter));
        Connection.Subscriptions.Add(filter);
    }

    internal void Add(IEventListener listener)
    {
        bool isClosed;
        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
            isClosed = _isClosed;
        }

        if (isClosed)
        {
            listener.Complete();
        }
    }

    internal void Remove(IEventListener listener)
    {
        lock (_gate)
        {
            _listeners = Array.FindAll(_listeners, other => other != listener);
        }
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        if (Requests.TryAccept(topic, payload, properties, receipt, out int channel))
        {
            return;
        }

        if (!Options.AcknowledgesManually)
        {
            receipt.Acknowledge();
        }

        bool isTaken = false;
        foreach (IEventListener listener in _listeners)
        {
            if (listener.Channel == channel && TopicFilters.Covers(listener.Filter, topic))
            {
                // The first one acknowledges it.
                listener.Take(topic, payload, properties, isTaken ? default : receipt);
                isTaken = true;
            }
        }

        if (!isTaken)
        {
            receipt.Acknowledge();
            if (_notKnown.TryPass(out string more))
            {
                ClientLog.TopicNotKnown(Options.Logger, topic, more);
            }
        }
    }

    void IMqttHandler.OnDisconnected(string reason)
    {
        Connection.Subscriptions.Disconnect();
        Requests.FailAll(reason);
        Connection.Lose(reason);
    }

    private static bool NamesReplyTopics(ServiceSpec spec)
    {
        foreach (RequestOperation request in spec.Requests)
        {
            if (request is LocatedRequestOperation { HasDynamicReply: true })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Subscribes to the topics of replies, unless this is done already. Null if it succeeds.</summary>
    private async ValueTask<ConnectFailure?> ListenForRepliesAsync(string filter, string? other, CancellationToken cancellationToken)
    {
        if (!IsConnected)
        {
            return new ConnectFailure(
                ConnectFailureKind.Unreachable, ConnectStage.Subscribe, $"there is no connection to {Options.Connection.Server}");
        }

        Task<ConnectFailure?>? first = Connection.Subscriptions.Keep(filter);
        Task<ConnectFailure?>? second = other is null ? null : Connection.Subscriptions.Keep(other);
        return await ResultAsync(first).ConfigureAwait(false) ?? await ResultAsync(second).ConfigureAwait(false);

        ValueTask<ConnectFailure?> ResultAsync(Task<ConnectFailure?>? subscribing) =>
            subscribing is null ? default : new(subscribing.WaitAsync(cancellationToken));
    }

    private static Reply<TAccepted, TRejected> NotSent<TAccepted, TRejected>(RequestOperation operation, ConnectFailure failure)
        where TAccepted : class, IMessage<TAccepted>
        where TRejected : class, IMessage<TRejected> => Reply<TAccepted, TRejected>.Failed(
            failure.Kind == ConnectFailureKind.SubscriptionRefused ? ReplyStatus.Refused : ReplyStatus.NotConnected,
            $"{operation.Name} was not sent: {failure.Message}");
}
