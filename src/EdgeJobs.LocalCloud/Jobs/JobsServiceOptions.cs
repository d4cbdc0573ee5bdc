using EdgeJobs.LocalCloud.Buckets;

namespace EdgeJobs.LocalCloud.Jobs;

internal sealed record JobsServiceOptions
{
    /// <summary>
    /// Registers a thing at its first request. If false, requests of unknown things are rejected with ResourceNotFound.
    /// </summary>
    public bool AutoRegisterThings { get; init; }

    /// <summary>Resolves the S3 placeholders of documents; null to refuse them.</summary>
    public PresignedUrls? Urls { get; init; }
}
