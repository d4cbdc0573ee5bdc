namespace EdgeJobs.Protocol;

/// <summary>MQTT's delivery guarantee. AWS IoT Core has no QoS 2.</summary>
public enum QualityOfService
{
    /// <summary>QoS 0: at most once.</summary>
    AtMostOnce = 0,

    /// <summary>QoS 1: at least once.</summary>
    AtLeastOnce = 1,
}
