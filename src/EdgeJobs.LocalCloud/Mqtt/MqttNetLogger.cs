using Microsoft.Extensions.Logging;
using MQTTnet.Diagnostics.Logger;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>Logs the MQTT library's messages at debug level: dropped connections are routine.</summary>
internal sealed partial class MqttNetLogger(ILogger logger) : IMqttNetLogger
{
    private readonly ILogger _logger = logger;

    public bool IsEnabled => _logger.IsEnabled(LogLevel.Debug);

    public void Publish(MqttNetLogLevel logLevel, string source, string message, object[] parameters, Exception exception)
    {
        if (logLevel is MqttNetLogLevel.Warning or MqttNetLogLevel.Error)
        {
            string text = parameters is { Length: > 0 }
                ? string.Format(System.Globalization.CultureInfo.InvariantCulture, message, parameters)
                : message;
            LogMessage(source, text, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Source}: {Text}")]
    private partial void LogMessage(string source, string text, Exception? exception);
}
