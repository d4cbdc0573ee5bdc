using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>A request that waits for its reply.</summary>
internal abstract class PendingRequest(RequestOperation operation)
{
    private int _isTaken;

    public RequestOperation Operation { get; } = operation;

    /// <summary>Whether the server has acknowledged the request: then what is missing is the service's reply.</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>Settles who ends the wait: its reply or its time-out. True for the first who asks.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Takes the reply.</summary>
    /// <param name="channel">The channel that it came on: one of the operation's two.</param>
    /// <param name="payload">The reply.</param>
    /// <param name="receipt">What it is acknowledged with.</param>
    public abstract void Complete(int channel, ReadOnlyMemory<byte> payload, MessageReceipt receipt);

    /// <summary>Ends the wait without a reply.</summary>
    public abstract void Fail(ReplyStatus status, string reason);

    /// <summary>Ends the wait by an exception that nobody foresaw.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A request that waits for a reply of known types.</summary>
internal sealed class PendingRequest<TAccepted, TRejected>(RequestOperation operation) : PendingRequest(operation)
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>
{
    private readonly TaskCompletionSource<Reply<TAccepted, TRejected>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for the end.</summary>
    /// <returns>The reply, or why there will be none; null when the time is over.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Reply<TAccepted, TRejected>?> WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await _completion.Task.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The reply may be coming at this moment.
            return TryTake() ? null : await _completion.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!TryTake())
        {
            (await _completion.Task.ConfigureAwait(false)).Receipt.Acknowledge();
            throw;
        }
    }

    public override void Complete(int channel, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        if (!_completion.TrySetResult(Read(channel, payload) with { Receipt = receipt }))
        {
            receipt.Acknowledge();
        }
    }

    public override void Fail(ReplyStatus status, string reason) =>
        _completion.TrySetResult(Reply<TAccepted, TRejected>.Without(status, reason));

    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    private Reply<TAccepted, TRejected> Read(int channel, ReadOnlyMemory<byte> payload)
    {
        CodecError error;
        if (channel == Operation.AcceptedChannel)
        {
            if (TAccepted.TryRead(payload, out TAccepted? accepted, out error))
            {
                return new(ReplyStatus.Accepted, accepted, null, "");
            }
        }
        else if (TRejected.TryRead(payload, out TRejected? rejected, out error))
        {
            return new(ReplyStatus.Rejected, null, rejected, "");
        }

        return Reply<TAccepted, TRejected>.Without(ReplyStatus.Undecodable, $"the reply to {Operation.Name} can't be read: {error}");
    }
}
