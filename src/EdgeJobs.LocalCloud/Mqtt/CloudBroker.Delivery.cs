using System.Buffers;
using EdgeJobs.LocalCloud.Jobs;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeJobs.LocalCloud.Mqtt;

// Delivers the service's messages to the clients.
internal sealed partial class CloudBroker
{
    public void Reply(string clientId, DeviceMessage message) => _outbox.Writer.TryWrite((clientId, message));

    public void Publish(DeviceMessage message) => _outbox.Writer.TryWrite((null, message));

    private async Task DeliverAsync()
    {
        await foreach ((string? clientId, DeviceMessage message) in _outbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            MqttApplicationMessage publish = new()
            {
                Topic = message.Topic,
                Payload = new ReadOnlySequence<byte>(message.Payload),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            try
            {
                if (clientId is null)
                {
                    await _server.InjectApplicationMessage(
                        new InjectedMqttApplicationMessage(publish) { SenderClientId = ServiceId },
                        CancellationToken.None).ConfigureAwait(false);
                }
                else if (_gate.MayQueue(clientId, message.Topic))
                {
                    MqttSessionStatus session = await _server.GetSessionAsync(clientId).ConfigureAwait(false);
                    publish.QualityOfServiceLevel = ClientSession.Of(session.Items)?.QualityFor(message.Topic)
                        ?? MqttQualityOfServiceLevel.AtLeastOnce;
                    _ = session.TryEnqueueApplicationMessage(publish, out _);
                }
            }
#pragma warning disable CA1031 // One message that can't be delivered (its client has just left) must not stop the others.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogNotDelivered(message.Topic, clientId, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Could not deliver {Topic} to {ClientId}: {Reason}")]
    private partial void LogNotDelivered(string topic, string? clientId, string reason);
}
