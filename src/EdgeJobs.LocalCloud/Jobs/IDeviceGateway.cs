namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>
/// A way from the service to devices, such as a broker. Its methods are called one at a time, in the order in which the
/// messages have to leave, while the service works on nothing else: they put the message in a queue and return at once.
/// </summary>
internal interface IDeviceGateway
{
    /// <summary>Sends an answer to the client that asked, and to no other.</summary>
    /// <param name="clientId">The client as the gateway named it in its request.</param>
    /// <param name="message">The answer.</param>
    void Reply(string clientId, DeviceMessage message);

    /// <summary>Publishes a notification to whoever subscribed to it.</summary>
    void Publish(DeviceMessage message);
}
