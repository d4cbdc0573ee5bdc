using Microsoft.Extensions.Logging;
using MQTTnet.Diagnostics.Logger;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>What the MQTT library has to say, for those who ask for debug messages: clients that break off are its daily bread.</summary>
internal sealed partial class MqttLog(ILogger logger) : IMqttNetLogger
{
    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    public bool IsEnabled => _logger.IsEnabled(LogLevel.Debug);

    /// <inheritdoc/>
    public void Publish(MqttNetLogLevel logLevel, string source, string message, object[] parameters, Exception exception)
    {
        if (logLevel is MqttNetLogLevel.Warning or MqttNetLogLevel.Error)
        {
            string text = parameters is { Length: > 0 } ? string.Format(System.Globalization.CultureInfo.InvariantCulture, message, parameters) : message;
            Said(source, text, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Source}: {Text}")]
    private partial void Said(string source, string text, Exception? exception);
}
