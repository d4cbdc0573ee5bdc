using System.Threading.Tasks.Sources;
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

    /// <summary>When it was sent; for <see cref="RequestTimeouts"/>, as are its neighbours there.</summary>
    public long SentAt;

    /// <summary>The request that was sent before.</summary>
    public PendingRequest? Before;

    /// <summary>The request that was sent after.</summary>
    public PendingRequest? After;

    /// <summary>Whether the server has acknowledged the request: then what is missing is the service's reply.</summary>
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
    /// The connection is lost. A request that is not yet acknowledged is left to its sender: publishing ends now as well, and
    /// knows whether the connection was lost because of this very request.
    /// </summary>
    public void OnConnectionLost(string reason)
    {
        _lossReason = reason;
        if ((Interlocked.Or(ref _progress, Lost) & Acknowledged) != 0)
        {
            Fail(ReplyStatus.NotConnected, reason, mayContinue: false);
        }
    }

    /// <summary>Settles who ends the wait: its reply or its time-out. True for the first who asks.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Takes the reply.</summary>
    /// <param name="channel">The channel that it came on: one of the operation's two.</param>
    /// <param name="payload">The reply.</param>
    /// <param name="receipt">What it is acknowledged with.</param>
    public abstract void Complete(int channel, ReadOnlyMemory<byte> payload, MessageReceipt receipt);

    /// <summary>The time is over.</summary>
    public abstract void TimeOut();

    /// <summary>Ends the wait without a reply.</summary>
    /// <param name="status">Why there is none.</param>
    /// <param name="reason">The same for the operator.</param>
    /// <param name="mayContinue">False where locks may be held: who waits must not go on in this thread then.</param>
    public abstract void Fail(ReplyStatus status, string reason, bool mayContinue = true);

    /// <summary>Ends the wait by an exception that nobody foresaw.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A request that waits for a reply of known types, once.</summary>
/// <param name="operation">The operation.</param>
/// <param name="continueInline">
/// Whether who waits goes on in the thread that brings the reply, or the fault of sending: what follows from a message that was refused comes
/// before the loss of the connection, which the server may end because of it. Of any other end never, as locks may be held then.
/// </param>
internal sealed class PendingRequest<TAccepted, TRejected>(RequestOperation operation, bool continueInline)
    : PendingRequest(operation), IValueTaskSource<Reply<TAccepted, TRejected>?>
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>
{
    private ManualResetValueTaskSourceCore<Reply<TAccepted, TRejected>?> _wait = new() { RunContinuationsAsynchronously = true };
    private int _isOver;
    private volatile bool _isCanceled;

    /// <summary>The end of the wait: the reply, or why there will be none; null when the time is over. To be awaited once.</summary>
    public ValueTask<Reply<TAccepted, TRejected>?> End => new(this, _wait.Version);

    /// <summary>Whether nobody wanted the reply any more at the moment at which it came.</summary>
    public bool IsCanceled => _isCanceled;

    /// <summary>Ends the wait when the token is cancelled.</summary>
    public CancellationTokenRegistration CancelBy(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static (waiting, token) => ((PendingRequest<TAccepted, TRejected>)waiting!).OnCanceled(token), this);

    public override void Complete(int channel, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        if (!TryEnd(Read(channel, payload) with { Receipt = receipt }, continueInline))
        {
            receipt.Acknowledge();
        }
    }

    public override void TimeOut()
    {
        // Otherwise the reply is coming at this moment.
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
            _wait.SetException(exception);
        }
    }

    Reply<TAccepted, TRejected>? IValueTaskSource<Reply<TAccepted, TRejected>?>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Reply<TAccepted, TRejected>?>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<Reply<TAccepted, TRejected>?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void OnCanceled(CancellationToken token)
    {
        if (TryTake())
        {
            Fail(new OperationCanceledException(token));
        }
        else
        {
            // The reply is coming at this moment, and nobody wants it.
            _isCanceled = true;
        }
    }

    private bool TryEnd(Reply<TAccepted, TRejected>? reply, bool inline = false)
    {
        bool isFirst = Interlocked.Exchange(ref _isOver, 1) == 0;
        if (isFirst)
        {
            _wait.RunContinuationsAsynchronously = !inline;
            _wait.SetResult(reply);
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
