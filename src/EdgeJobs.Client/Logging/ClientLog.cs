using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Logging;

/// <summary>What the client logs. No payload, no token, no credential is among it.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Information, "a reply on {Topic} that nobody waits for was passed over{More}")]
    public static partial void ReplyNotAwaited(ILogger logger, string topic, string more);

    [LoggerMessage(2, LogLevel.Warning, "a notification on {Topic} can't be read: {Fault}{More}")]
    public static partial void EventNotRead(ILogger logger, string topic, string fault, string more);

    [LoggerMessage(3, LogLevel.Warning, "a message on {Topic} belongs to no operation and was passed over{More}")]
    public static partial void TopicNotKnown(ILogger logger, string topic, string more);

    [LoggerMessage(4, LogLevel.Information, "connected to {Host}:{Port} as {ClientId}, subscribed to {Filters} topic filters")]
    public static partial void Connected(ILogger logger, string host, int port, string clientId, int filters);

    [LoggerMessage(5, LogLevel.Warning, "disconnected: {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "can't connect again, next attempt in {Seconds:0.0} s: {Reason}")]
    public static partial void CanNotConnect(ILogger logger, double seconds, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Warning}")]
    public static partial void CredentialWarning(ILogger logger, string warning);

    [LoggerMessage(10, LogLevel.Information, "{File} holds another certificate, serial number {SerialNumber}, valid to {NotAfter:yyyy-MM-dd HH:mm} UTC: connecting again with it")]
    public static partial void Renewed(ILogger logger, string file, string serialNumber, DateTimeOffset notAfter);

    [LoggerMessage(11, LogLevel.Warning, "the connection goes on with the certificate it has, as the files can't be used: {Fault}")]
    public static partial void RenewalNotUsed(ILogger logger, string fault);

    [LoggerMessage(8, LogLevel.Error, "a message on {Topic} could not be handled")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string topic);

    [LoggerMessage(9, LogLevel.Error, "connecting failed in a way that is not foreseen, next attempt in {Seconds:0.0} s")]
    public static partial void ConnectFailed(ILogger logger, Exception exception, double seconds);

    [LoggerMessage(20, LogLevel.Warning, "{Reason}; trying port {Port} instead")]
    public static partial void PortBlocked(ILogger logger, string reason, int port);
}
