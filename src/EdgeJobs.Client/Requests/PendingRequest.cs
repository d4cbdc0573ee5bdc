using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>A request that waits for its reply.</summary>
internal abstract class PendingRequest(RequestOperation operation)
{
    public RequestOperation Operation { get; } = operation;

    /// <summary>Whether the server has acknowledged the request: then what is missing is the service's reply.</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>Takes the reply.</summary>
    /// <param name="channel">The channel that it came on: one of the operation's two.</param>
    /// <param name="payload">The reply.</param>
    public abstract void Complete(int channel, ReadOnlyMemory<byte> payload);

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

    public Task<Reply<TAccepted, TRejected>> Task => _completion.Task;

    public override void Complete(int channel, ReadOnlyMemory<byte> payload)
    {
        CodecError error;
        if (channel == Operation.AcceptedChannel)
        {
            if (TAccepted.TryRead(payload, out TAccepted? accepted, out error))
            {
                _completion.TrySetResult(new(ReplyStatus.Accepted, accepted, null, ""));
                return;
            }
        }
        else if (TRejected.TryRead(payload, out TRejected? rejected, out error))
        {
            _completion.TrySetResult(new(ReplyStatus.Rejected, null, rejected, ""));
            return;
        }

        Fail(ReplyStatus.Undecodable, $"the reply to {Operation.Name} can't be read: {error}");
    }

    public override void Fail(ReplyStatus status, string reason) =>
        _completion.TrySetResult(Reply<TAccepted, TRejected>.Without(status, reason));

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}
