namespace EdgeJobs.Protocol;

/// <summary>The kinds of places in a message.</summary>
public enum MessageLocationKind
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>MQTT 5 Correlation Data.</summary>
    CorrelationData,

    /// <summary>MQTT 5 Response Topic.</summary>
    ResponseTopic,

    /// <summary>An MQTT 5 user property.</summary>
    UserProperty,

    /// <summary>A string in the JSON payload.</summary>
    Text,

    /// <summary>A whole number in the JSON payload.</summary>
    Number,

    /// <summary>A UUID in the JSON payload.</summary>
    Uuid,
}
