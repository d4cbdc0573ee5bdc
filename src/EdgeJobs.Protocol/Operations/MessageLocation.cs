namespace EdgeJobs.Protocol;

/// <summary>Where a message carries the token of a request, or the topic of its reply.</summary>
/// <param name="Kind">The kind of place.</param>
/// <param name="Name">The name of a user property, or the JSON pointer of a member without its first slash: <c>meta/id</c>.</param>
public readonly record struct MessageLocation(MessageLocationKind Kind, string Name)
{
    /// <summary>MQTT 5 Correlation Data.</summary>
    public static MessageLocation CorrelationData => new(MessageLocationKind.CorrelationData, "");

    /// <summary>MQTT 5 Response Topic.</summary>
    public static MessageLocation ResponseTopic => new(MessageLocationKind.ResponseTopic, "");

    /// <summary>An MQTT 5 user property.</summary>
    public static MessageLocation UserProperty(string name) => new(MessageLocationKind.UserProperty, name);

    /// <summary>A string in the JSON payload.</summary>
    public static MessageLocation Text(string path) => new(MessageLocationKind.Text, path);

    /// <summary>A whole number in the JSON payload.</summary>
    public static MessageLocation Number(string path) => new(MessageLocationKind.Number, path);

    /// <summary>A UUID in the JSON payload.</summary>
    public static MessageLocation Uuid(string path) => new(MessageLocationKind.Uuid, path);

    /// <summary>Whether the place is in the JSON payload.</summary>
    public bool IsMember => Kind >= MessageLocationKind.Text;
}
