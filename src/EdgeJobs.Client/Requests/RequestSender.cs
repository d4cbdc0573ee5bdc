using System.Runtime.CompilerServices;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>Encodes and publishes requests. A fault completes the request.</summary>
/// <param name="publish">Publishes a message; the payload is reused after the call.</param>
internal sealed class RequestSender(Func<string, ReadOnlyMemory<byte>, PublishOptions, CancellationToken, ValueTask<PublishResult>> publish)
{
    private Sending? _spare;

    /// <summary>Encodes a request and starts to publish it.</summary>
    public void Send<TRequest>(PendingRequest pending, string topic, TRequest request, ClientTokens tokens, uint number)
        where TRequest : class, ICorrelatedMessage<TRequest>
    {
        Sending sending = Interlocked.Exchange(ref _spare, null) ?? new Sending(this);
        try
        {
            Span<byte> token = stackalloc byte[ClientTokens.Length];
            tokens.Write(number, token);
            sending.Begin(pending, topic, sending.Encoder.Encode(request, token), pending.Operation.PublishOptions.For(request));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            sending.Encoder.Dispose();
            pending.Fail(e);
        }
    }

    /// <summary>Encodes a request without a token and starts to publish it.</summary>
    public void Send<TRequest>(PendingRequest pending, string topic, TRequest request)
        where TRequest : class, IMessage<TRequest>
    {
        // Not reused: such requests are rare, and may hold secrets.
        Sending sending = new(this) { IsSecret = true };
        try
        {
            sending.Begin(pending, topic, sending.Encoder.Encode(request), pending.Operation.PublishOptions.For(request));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            sending.Encoder.Dispose();
            pending.Fail(e);
        }
    }

    /// <summary>Encodes a request whose token is anywhere, and starts to publish it.</summary>
    public void Send<TRequest>(
        PendingRequest pending, string topic, TRequest request, LocatedRequestOperation operation, LocatedReplies replies, uint number)
        where TRequest : class, IMessage<TRequest>
    {
        Sending sending = new(this) { IsSecret = true };
        try
        {
            ReadOnlyMemory<byte> payload = sending.Encoder.Encode(request);
            MessageProperties properties = request.PropertiesToSend;
            replies.WriteTo(operation, number, ref payload, ref properties);
            sending.Begin(pending, topic, payload, operation.PublishOptions with { Properties = properties });
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            sending.Encoder.Dispose();
            pending.Fail(e);
        }
    }

    private static ReplyStatus StatusOf(PublishStatus status) => status switch
    {
        PublishStatus.Refused => ReplyStatus.Refused,
        PublishStatus.TooLarge or PublishStatus.Invalid => ReplyStatus.Invalid,
        _ => ReplyStatus.NotConnected,
    };

    /// <summary>A message that is being published. It is not awaited and reused, so that no message needs its own task.</summary>
    private sealed class Sending
    {
        private readonly RequestSender _sender;
        private readonly Action _done;
        private ConfiguredValueTaskAwaitable<PublishResult>.ConfiguredValueTaskAwaiter _publishing;
        private PendingRequest? _pending;

        public Sending(RequestSender sender)
        {
            _sender = sender;
            _done = OnDone;
        }

        /// <summary>Holds the encoded message until it is sent.</summary>
        public RequestEncoder Encoder { get; } = new();

        /// <summary>Whether the message may hold secrets.</summary>
        public bool IsSecret { get; init; }

        public void Begin(PendingRequest pending, string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
        {
            _pending = pending;
            _publishing = _sender.Publish(topic, payload, options).GetAwaiter();
            if (_publishing.IsCompleted)
            {
                OnDone();
            }
            else
            {
                _publishing.UnsafeOnCompleted(_done);
            }
        }

        private void OnDone()
        {
            PendingRequest pending = _pending!;
            try
            {
                PublishResult published = _publishing.GetResult();
                if (published.Status == PublishStatus.Acknowledged)
                {
                    pending.Acknowledge();
                }
                else
                {
                    pending.Fail(StatusOf(published.Status), published.Reason);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                pending.Fail(e);
            }

            _pending = null;
            _publishing = default;
            if (IsSecret || !Encoder.IsReusable || Interlocked.CompareExchange(ref _sender._spare, this, null) is not null)
            {
                Encoder.Dispose();
            }
        }
    }

    private ConfiguredValueTaskAwaitable<PublishResult> Publish(string topic, ReadOnlyMemory<byte> payload, PublishOptions options) =>
        publish(topic, payload, options, CancellationToken.None).ConfigureAwait(false);
}
