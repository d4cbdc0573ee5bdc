using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Logging;

/// <summary>The client's log messages. None holds a payload, a token or a credential.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Information, "ignored a reply on {Topic}: no request waits for it{More}")]
    public static partial void ReplyNotAwaited(ILogger logger, string topic, string more);

    [LoggerMessage(2, LogLevel.Warning, "a notification on {Topic} can't be read: {Fault}{More}")]
    public static partial void EventNotRead(ILogger logger, string topic, string fault, string more);

    [LoggerMessage(3, LogLevel.Warning, "ignored a message on {Topic}: no operation uses this topic{More}")]
    public static partial void TopicNotKnown(ILogger logger, string topic, string more);

    [LoggerMessage(4, LogLevel.Information, "connected to {Host}:{Port} as {ClientId}, subscribed to {Filters} topic filters")]
    public static partial void Connected(ILogger logger, string host, int port, string clientId, int filters);

    [LoggerMessage(5, LogLevel.Warning, "disconnected: {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "reconnecting failed, next attempt in {Seconds:0.0} s: {Reason}")]
    public static partial void CanNotConnect(ILogger logger, double seconds, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Warning}")]
    public static partial void CredentialWarning(ILogger logger, string warning);

    [LoggerMessage(10, LogLevel.Information, "{File} holds another certificate, serial number {SerialNumber}, valid to "
        + "{NotAfter:yyyy-MM-dd HH:mm} UTC: reconnecting with it")]
    public static partial void Renewed(ILogger logger, string file, string serialNumber, DateTimeOffset notAfter);

    [LoggerMessage(11, LogLevel.Warning, "the connection keeps its certificate, because the files can't be used: {Fault}")]
    public static partial void RenewalNotUsed(ILogger logger, string fault);

    [LoggerMessage(8, LogLevel.Error, "handling a message on {Topic} failed")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string topic);

    [LoggerMessage(9, LogLevel.Error, "connecting failed unexpectedly, next attempt in {Seconds:0.0} s")]
    public static partial void ConnectFailed(ILogger logger, Exception exception, double seconds);

    [LoggerMessage(20, LogLevel.Warning, "{Reason}; trying port {Port} instead")]
    public static partial void PortBlocked(ILogger logger, string reason, int port);
}
