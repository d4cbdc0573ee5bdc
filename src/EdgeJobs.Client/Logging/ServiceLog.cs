using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Logging;

/// <summary>The log messages of event feeds and answers. A program with neither does not contain this class.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(12, LogLevel.Warning, "dropped an event on {Topic}: its feed holds {Capacity} already, because its consumer is too "
        + "slow{More}")]
    public static partial void EventDropped(ILogger logger, string topic, int capacity, string more);

    [LoggerMessage(13, LogLevel.Warning, "left out an event on {Topic}, which can't be read: {Fault}{More}")]
    public static partial void EventLeftOut(ILogger logger, string topic, string fault, string more);

    [LoggerMessage(15, LogLevel.Warning, "a request on {Topic} can't be read and gets no reply: {Fault}{More}")]
    public static partial void RequestNotRead(ILogger logger, string topic, string fault, string more);

    [LoggerMessage(16, LogLevel.Warning, "a request on {Topic} gets no reply: {Reason}{More}")]
    public static partial void RequestNotAnswered(ILogger logger, string topic, string reason, string more);

    [LoggerMessage(17, LogLevel.Warning, "dropped a request on {Topic}: {InWork} requests are being answered{More}")]
    public static partial void RequestDropped(ILogger logger, string topic, int inWork, string more);
}
