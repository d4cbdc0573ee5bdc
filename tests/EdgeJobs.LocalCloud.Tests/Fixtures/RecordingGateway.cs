using EdgeJobs.LocalCloud.Jobs;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>Records the service's messages in order; the client id is null for notifications.</summary>
internal sealed class RecordingGateway : IDeviceGateway
{
    private readonly Queue<(string? ClientId, Received Message)> _messages = new();

    public int Count => _messages.Count;

    public void Reply(string clientId, DeviceMessage message) => Add(clientId, message);

    public void Publish(DeviceMessage message) => Add(null, message);

    public (string? ClientId, Received Message) Take() => _messages.Dequeue();

    /// <summary>Returns all messages so far and removes them.</summary>
    public List<Received> Drain()
    {
        List<Received> all = [.. _messages.Select(entry => entry.Message)];
        _messages.Clear();
        return all;
    }

    private void Add(string? clientId, DeviceMessage message) =>
        _messages.Enqueue((clientId, Received.Of(message.Topic, message.Payload.Span)));
}
