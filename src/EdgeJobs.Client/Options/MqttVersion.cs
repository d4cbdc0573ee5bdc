namespace EdgeJobs.Client;

/// <summary>The version of MQTT that a connection speaks.</summary>
public enum MqttVersion
{
    /// <summary>MQTT 3.1.1.</summary>
    V311,

    /// <summary>MQTT 5.0, which states reasons for refusals.</summary>
    V5,
}
