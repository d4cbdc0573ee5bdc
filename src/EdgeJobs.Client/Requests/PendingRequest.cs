using EdgeJobs.Client.Tasks;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>A request that waits for its reply.</summary>
internal abstract class PendingRequest(RequestOperation operation)
{
    private const int Acknowledged = 1;
    private const int Lost = 2;
    private int _isTaken;
    private int _progress;
    private string _lossReason = "";

    public RequestOperation Operation { get; } = operation;

    /// <summary>The time of sending. This field and the next two belong to <see cref="RequestTimeouts"/>.</summary>
    public long SentAt;

    /// <summary>The previous request.</summary>
    public PendingRequest? Before;

    /// <summary>The next request.</summary>
    public PendingRequest? After;

    /// <summary>Whether the server has acknowledged the request; then only the service's reply is missing.</summary>
    public bool IsAcknowledged => (_progress & Acknowledged) != 0;

    /// <summary>The server has acknowledged the request.</summary>
    public void Acknowledge()
    {
        if ((Interlocked.Or(ref _progress, Acknowledged) & Lost) != 0)
        {
            Fail(ReplyStatus.NotConnected, _lossReason);
        }
    }

    /// <summary>
    /// The connection is lost. A request that is not acknowledged is left to its sender: its publish fails now as well, and knows whether
    /// the request itself caused the loss.
    /// </summary>
    public void OnConnectionLost(string reason)
    {
        _lossReason = reason;
        if ((Interlocked.Or(ref _progress, Lost) & Acknowledged) != 0)
        {
            Fail(ReplyStatus.NotConnected, reason, mayContinue: false);
        }
    }

    /// <summary>Decides whether the reply or the time-out completes the request. True for the first caller.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Completes the request with a reply.</summary>
    /// <param name="channel">The channel of the reply: one of the operation's two.</param>
    /// <param name="payload">The reply.</param>
    /// <param name="receipt">Acknowledges the reply.</param>
    public abstract void Complete(int channel, ReadOnlyMemory<byte> payload, MessageReceipt receipt);

    public abstract void TimeOut();

    /// <summary>Completes the request without a reply.</summary>
    /// <param name="status">The status.</param>
    /// <param name="reason">The reason, for the operator.</param>
    /// <param name="mayContinue">False if the caller may hold locks: continuations then run on the thread pool.</param>
    public abstract void Fail(ReplyStatus status, string reason, bool mayContinue = true);

    /// <summary>Completes the request with an unexpected exception.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A request that waits for a typed reply, once.</summary>
/// <param name="operation">The operation.</param>
/// <param name="continueInline">
/// Whether the continuation runs on the thread that receives the reply or fails to send. The caller then handles a refused message before
/// the server ends the connection because of it. In all other cases the thread pool runs it, because locks may be held.
/// </param>
internal sealed class PendingRequest<TAccepted, TRejected>(RequestOperation operation, bool continueInline)
    : PendingRequest(operation)
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>
{
    private readonly Completion<Reply<TAccepted, TRejected>?> _completion = new();
    private int _isOver;
    private volatile bool _isCanceled;

    /// <summary>The reply, or why there is none; null after a time-out. Await it exactly once.</summary>
    public ValueTask<Reply<TAccepted, TRejected>?> End => _completion.Task;

    /// <summary>Whether the caller cancelled while the reply arrived.</summary>
    public bool IsCanceled => _isCanceled;

    public CancellationTokenRegistration CancelBy(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(
            static (waiting, token) => ((PendingRequest<TAccepted, TRejected>)waiting!).OnCanceled(token), this);

    public override void Complete(int channel, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        if (!TryEnd(Read(channel, payload) with { Receipt = receipt }, continueInline))
        {
            receipt.Acknowledge();
        }
    }

    public override void TimeOut()
    {
        // Otherwise the reply is arriving now.
        if (TryTake())
        {
            TryEnd(null);
        }
    }

    public override void Fail(ReplyStatus status, string reason, bool mayContinue = true) =>
        TryEnd(Reply<TAccepted, TRejected>.Failed(status, reason), continueInline && mayContinue);

    public override void Fail(Exception exception)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _completion.SetException(exception, inline: false);
        }
    }

    private void OnCanceled(CancellationToken token)
    {
        if (TryTake())
        {
            Fail(new OperationCanceledException(token));
        }
        else
        {
            // The reply is arriving now, but the caller has cancelled.
            _isCanceled = true;
        }
    }

    private bool TryEnd(Reply<TAccepted, TRejected>? reply, bool inline = false)
    {
        bool isFirst = Interlocked.Exchange(ref _isOver, 1) == 0;
        if (isFirst)
        {
            _completion.SetResult(reply, inline);
        }

        return isFirst;
    }

    private Reply<TAccepted, TRejected> Read(int channel, ReadOnlyMemory<byte> payload)
    {
        bool isAccepted = channel == Operation.AcceptedChannel;
        if (isAccepted ? TAccepted.CanRead(payload.Span, out CodecError error) : TRejected.CanRead(payload.Span, out error))
        {
            return new(isAccepted ? ReplyStatus.Accepted : ReplyStatus.Rejected, payload, "");
        }

        return new(ReplyStatus.Undecodable, payload, $"the reply to {Operation.Name} can't be read: {error}");
    }
}
