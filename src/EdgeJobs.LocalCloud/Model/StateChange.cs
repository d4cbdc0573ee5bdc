namespace EdgeJobs.LocalCloud.Model;

/// <summary>One change of the service's state, small enough to be one row of a store.</summary>
internal abstract record StateChange
{
    private StateChange()
    {
    }

    internal sealed record ThingPut(Thing Thing) : StateChange;
    internal sealed record ThingRemoved(string Name) : StateChange;
    internal sealed record GroupPut(ThingGroup Group) : StateChange;
    internal sealed record GroupRemoved(string Name) : StateChange;
    internal sealed record JobPut(Job Job) : StateChange;

    /// <summary>A job is removed; its executions were removed before.</summary>
    internal sealed record JobRemoved(string JobId) : StateChange;

    internal sealed record ExecutionPut(Execution Execution) : StateChange;
    internal sealed record ExecutionRemoved(ExecutionKey Key) : StateChange;

    /// <summary>A certificate is new or changed. Deleted certificates keep their records.</summary>
    internal sealed record CertificatePut(DeviceCertificate Certificate) : StateChange;

    internal sealed record PolicyPut(Policy Policy) : StateChange;
    internal sealed record PolicyRemoved(string Name) : StateChange;
    internal sealed record TemplatePut(ProvisioningTemplate Template) : StateChange;
    internal sealed record TemplateRemoved(string Name) : StateChange;
}
