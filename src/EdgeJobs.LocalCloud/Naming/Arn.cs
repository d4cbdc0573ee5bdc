namespace EdgeJobs.LocalCloud.Naming;

/// <summary>
/// Amazon resource names. Those created here have account 000000000000 and region us-east-1; any account and region is accepted.
/// </summary>
internal static class Arn
{
    public const string Partition = "aws";

    public const string Region = "us-east-1";

    public const string Account = "000000000000";

    private const string Prefix = "arn:" + Partition + ":iot:" + Region + ":" + Account + ":";

    public static string OfThing(string thingName) => $"{Prefix}thing/{thingName}";

    public static string OfTarget(JobTarget target) => Prefix + target;

    public static string OfJob(string jobId) => $"{Prefix}job/{jobId}";

    public static string OfPolicy(string policyName) => $"{Prefix}policy/{policyName}";

    /// <summary>The ARN of a client id, a topic or a topic filter.</summary>
    /// <param name="kind"><c>client</c>, <c>topic</c> or <c>topicfilter</c>.</param>
    /// <param name="name">The client id, topic or filter.</param>
    public static string Of(string kind, string name) => $"{Prefix}{kind}/{name}";

    public static string OfCertificate(string certificateId) => $"{Prefix}cert/{certificateId}";

    /// <summary>The resource part of an IoT ARN, such as <c>thing/pump-7</c>, in any partition, region and account.</summary>
    public static bool TryGetResource(string arn, out ReadOnlySpan<char> resource)
    {
        resource = default;
        Span<Range> parts = stackalloc Range[6];
        ReadOnlySpan<char> text = arn;
        // The last part keeps its own colons: a thing name may contain them.
        if (text.Split(parts, ':') < 6 || text[parts[0]] is not "arn" || !text[parts[1]].StartsWith("aws") || text[parts[2]] is not "iot")
        {
            return false;
        }

        resource = text[parts[5]];
        return !resource.IsEmpty;
    }

    public static bool TryGetCertificate(string arn, out string certificateId)
    {
        bool found = TryGetResource(arn, out ReadOnlySpan<char> resource)
            && resource.StartsWith("cert/")
            && resource.Length > "cert/".Length;
        certificateId = found ? resource["cert/".Length..].ToString() : string.Empty;
        return found;
    }

    public static bool TryGetTarget(string arn, out JobTarget target)
    {
        target = default;
        if (!TryGetResource(arn, out ReadOnlySpan<char> resource))
        {
            return false;
        }

        int slash = resource.IndexOf('/');
        string name = slash < 0 ? string.Empty : resource[(slash + 1)..].ToString();
        target = new JobTarget(resource.StartsWith("thinggroup/"), name);
        return name.Length > 0 && (target.IsGroup || resource.StartsWith("thing/"));
    }
}
