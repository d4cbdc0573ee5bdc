using System.Runtime.CompilerServices;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>Encodes and publishes requests.</summary>
/// <param name="publish">Publishes a message; the payload may be used again when the call has ended.</param>
internal sealed class RequestSender(Func<string, ReadOnlyMemory<byte>, PublishOptions, CancellationToken, ValueTask<PublishResult>> publish)
{
    private RequestEncoder? _spare;

    /// <summary>Encodes and publishes. What goes wrong ends the request's wait.</summary>
    public async Task SendAsync<TRequest>(PendingRequest pending, string topic, TRequest request, ClientTokens tokens, uint number)
        where TRequest : class, ICorrelatedMessage<TRequest>
    {
        RequestEncoder encoder = Interlocked.Exchange(ref _spare, null) ?? new RequestEncoder();
        try
        {
            await PublishAsync(pending, topic, Encode(encoder, request, tokens, number)).ConfigureAwait(false);
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
    public async Task SendAsync<TRequest>(PendingRequest pending, string topic, TRequest request)
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PublishAsync(PendingRequest pending, string topic, ReadOnlyMemory<byte> payload)
    {
        PublishResult published = await publish(topic, payload, pending.Operation.PublishOptions, CancellationToken.None).ConfigureAwait(false);
        if (published.Status == PublishStatus.Acknowledged)
        {
            pending.Acknowledge();
        }
        else
        {
            pending.Fail(StatusOf(published.Status), published.Reason);
        }
    }

    private static ReadOnlyMemory<byte> Encode<TRequest>(RequestEncoder encoder, TRequest request, ClientTokens tokens, uint number)
        where TRequest : class, ICorrelatedMessage<TRequest>
    {
        Span<byte> token = stackalloc byte[ClientTokens.Length];
        tokens.Write(number, token);
        return encoder.Encode(request, token);
    }

    private static ReplyStatus StatusOf(PublishStatus status) => status switch
    {
        PublishStatus.Refused => ReplyStatus.Refused,
        PublishStatus.TooLarge => ReplyStatus.Invalid,
        _ => ReplyStatus.NotConnected,
    };
}
