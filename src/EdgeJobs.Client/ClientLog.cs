using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>What the client logs. No payload, no token, no credential is among it.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Debug, "a reply on {Topic} that nobody waits for was passed over")]
    public static partial void ReplyNotAwaited(ILogger logger, string topic);

    [LoggerMessage(2, LogLevel.Warning, "a message on {Topic} can't be read and was passed over: {Fault}")]
    public static partial void EventNotRead(ILogger logger, string topic, string fault);

    [LoggerMessage(3, LogLevel.Debug, "a message on {Topic} belongs to no operation and was passed over")]
    public static partial void TopicNotKnown(ILogger logger, string topic);

    [LoggerMessage(4, LogLevel.Information, "connected to {Host}:{Port} as {ClientId}, subscribed to {Filters} topic filters")]
    public static partial void Connected(ILogger logger, string host, int port, string clientId, int filters);

    [LoggerMessage(5, LogLevel.Warning, "disconnected: {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "can't connect again: {Reason}")]
    public static partial void CanNotConnect(ILogger logger, string reason);
}
