namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// What a client may do. One with a certificate is the thing that the certificate names and nobody else: it connects under
/// that name and uses that thing's topics; topics that aren't reserved are free. One without (the plain port) may do anything.
/// </summary>
internal static class ThingPolicy
{
    private const string ReservedPrefix = "$";
    private const string ThingsPrefix = "$aws/things/";

    /// <summary>True when the client may connect under an id.</summary>
    /// <param name="thing">The thing of its certificate; null without one.</param>
    /// <param name="clientId">The client id.</param>
    public static bool MayConnect(string? thing, string clientId) => thing is null || thing == clientId;

    /// <summary>True when the client may publish to a topic.</summary>
    public static bool MayPublish(string? thing, string topic) => thing is null || !IsReserved(topic) || IsOf(thing, topic);

    /// <summary>True when the client may subscribe to a filter: every topic that it matches must be allowed.</summary>
    public static bool MaySubscribe(string? thing, string filter)
    {
        // $share/GROUP/FILTER is about FILTER.
        if (filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            int slash = filter.IndexOf('/', "$share/".Length);
            filter = slash < 0 ? filter : filter[(slash + 1)..];
        }

        // A wildcard at the first level doesn't match reserved topics.
        return thing is null || !IsReserved(filter) || IsOf(thing, filter);
    }

    /// <summary>True for topics that belong to AWS: they are never passed from client to client.</summary>
    public static bool IsReserved(string topic) => topic.StartsWith(ReservedPrefix, StringComparison.Ordinal);

    /// <summary>True for topics <c>$aws/things/THING/jobs/…</c>, which go to the Jobs service.</summary>
    public static bool IsJobs(string topic)
    {
        if (!topic.StartsWith(ThingsPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        int slash = topic.IndexOf('/', ThingsPrefix.Length);
        return slash > 0 && topic.AsSpan(slash).StartsWith("/jobs/");
    }

    private static bool IsOf(string thing, string topic) =>
        topic.Length > ThingsPrefix.Length + thing.Length
        && topic.StartsWith(ThingsPrefix, StringComparison.Ordinal)
        && topic.AsSpan(ThingsPrefix.Length).StartsWith(thing, StringComparison.Ordinal)
        && topic[ThingsPrefix.Length + thing.Length] == '/';
}
