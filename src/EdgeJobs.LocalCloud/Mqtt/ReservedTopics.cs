namespace EdgeJobs.LocalCloud.Mqtt;

internal static class ReservedTopics
{
    private const string ThingsPrefix = "$aws/things/";

    /// <summary>True for topics that AWS reserves: they are never forwarded from client to client.</summary>
    public static bool Contains(string topic) => topic.StartsWith('$');

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
}
