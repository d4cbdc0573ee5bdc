namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>
/// A connection from the service to devices, such as a broker. The service calls one method at a time, in message order, and waits:
/// implementations must only enqueue.
/// </summary>
internal interface IDeviceGateway
{
    /// <summary>Sends a response to the client that sent the request, and to no other client.</summary>
    void Reply(string clientId, DeviceMessage message);

    /// <summary>Publishes a notification to its subscribers.</summary>
    void Publish(DeviceMessage message);
}
