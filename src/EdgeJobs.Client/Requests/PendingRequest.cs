using EdgeJobs.Client.Tasks;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>A request that waits for its reply, once.</summary>
/// <param name="operation">The operation.</param>
/// <param name="topic">The topic of the request.</param>
/// <param name="continueInline">
/// Whether the continuation runs on the thread that receives the reply or fails to send. The caller then handles a refused message before
/// the server ends the connection because of it. In all other cases the thread pool runs it, because locks may be held.
/// </param>
internal sealed class PendingRequest(RequestOperation operation, string topic, bool continueInline)
{
    private const int Acknowledged = 1;
    private const int Lost = 2;
    private readonly Completion<ReceivedReply> _completion = new();
    private int _isTaken;
    private int _isOver;
    private int _progress;
    private string _lossReason = "";
    private volatile bool _isCanceled;

    public RequestOperation Operation { get; } = operation;

    /// <summary>The topic of the request.</summary>
    public string Topic { get; } = topic;

    /// <summary>The time of sending. This field and the next two belong to <see cref="RequestTimeouts"/>.</summary>
    public long SentAt;

    /// <summary>The previous request.</summary>
    public PendingRequest? Before;

    /// <summary>The next request.</summary>
    public PendingRequest? After;

    /// <summary>The reply, or why there is none. Await it exactly once.</summary>
    public ValueTask<ReceivedReply> End => _completion.Task;

    /// <summary>Whether the server has acknowledged the request; then only the service's reply is missing.</summary>
    public bool IsAcknowledged => (_progress & Acknowledged) != 0;

    /// <summary>Whether the caller cancelled while the reply arrived.</summary>
    public bool IsCanceled => _isCanceled;

    public CancellationTokenRegistration CancelBy(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static (waiting, token) => ((PendingRequest)waiting!).OnCanceled(token), this);

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
    /// <param name="status">Accepted or rejected.</param>
    /// <param name="payload">The reply.</param>
    /// <param name="properties">Its MQTT 5 properties.</param>
    /// <param name="receipt">Acknowledges the reply.</param>
    public void Complete(ReplyStatus status, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        if (!TryEnd(new ReceivedReply(status, payload, Receipt: receipt, Properties: properties), continueInline))
        {
            receipt.Acknowledge();
        }
    }

    public void TimeOut()
    {
        // Otherwise the reply is arriving now.
        if (TryTake())
        {
            TryEnd(new ReceivedReply(ReplyStatus.TimedOut));
        }
    }

    /// <summary>Completes the request without a reply.</summary>
    /// <param name="status">The status.</param>
    /// <param name="reason">The reason, for the operator.</param>
    /// <param name="mayContinue">False if the caller may hold locks: continuations then run on the thread pool.</param>
    public void Fail(ReplyStatus status, string reason, bool mayContinue = true) =>
        TryEnd(new ReceivedReply(status, Reason: reason), continueInline && mayContinue);

    /// <summary>Completes the request with an unexpected exception.</summary>
    public void Fail(Exception exception)
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

    private bool TryEnd(ReceivedReply reply, bool inline = false)
    {
        bool isFirst = Interlocked.Exchange(ref _isOver, 1) == 0;
        if (isFirst)
        {
            _completion.SetResult(reply, inline);
        }

        return isFirst;
    }
}
