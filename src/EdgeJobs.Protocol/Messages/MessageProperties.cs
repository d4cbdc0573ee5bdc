namespace EdgeJobs.Protocol;

/// <summary>The MQTT 5 properties of a received or sent message, as far as the spec's operations use them.</summary>
public sealed class MessageProperties
{
    /// <summary>No properties: all messages of MQTT 3.1.1, and those of MQTT 5 that have none.</summary>
    public static MessageProperties None { get; } = new();

    /// <summary>The media type of the payload; empty if absent.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The bytes by which the sender of a request recognizes the reply; empty if absent.</summary>
    public ReadOnlyMemory<byte> CorrelationData { get; init; }

    /// <summary>The topic to which the receiver of a request publishes the reply; empty if absent.</summary>
    public string ResponseTopic { get; init; } = "";

    /// <summary>The user properties in the order of the packet. A name may occur several times.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>Whether a sent message has a meaning in MQTT 5 only. A content type alone is documentation.</summary>
    public bool NeedsVersion5 => !CorrelationData.IsEmpty || ResponseTopic.Length > 0 || UserProperties.Count > 0;

    /// <summary>The value of the first user property with a name; null if there is none.</summary>
    public string? UserProperty(string name)
    {
        for (int i = 0; i < UserProperties.Count; i++)
        {
            if (string.Equals(UserProperties[i].Key, name, StringComparison.Ordinal))
            {
                return UserProperties[i].Value;
            }
        }

        return null;
    }
}
