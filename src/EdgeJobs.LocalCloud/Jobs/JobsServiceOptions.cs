namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>Settings of the service.</summary>
internal sealed record JobsServiceOptions
{
    /// <summary>Registers a thing when a device first asks in its name. Off: such a device is told ResourceNotFound.</summary>
    public bool AutoRegisterThings { get; init; }
}
