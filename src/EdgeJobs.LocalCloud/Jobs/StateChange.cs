using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Provisioning;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>One change of the service's state, small enough to be one row of a store.</summary>
internal abstract record StateChange
{
    private StateChange()
    {
    }

    /// <summary>A thing is new or changed.</summary>
    internal sealed record ThingPut(Thing Thing) : StateChange;

    /// <summary>A thing is gone.</summary>
    internal sealed record ThingRemoved(string Name) : StateChange;

    /// <summary>A group is new or changed.</summary>
    internal sealed record GroupPut(ThingGroup Group) : StateChange;

    /// <summary>A group is gone.</summary>
    internal sealed record GroupRemoved(string Name) : StateChange;

    /// <summary>A job is new or changed.</summary>
    internal sealed record JobPut(Job Job) : StateChange;

    /// <summary>A job is gone; its executions were removed before.</summary>
    internal sealed record JobRemoved(string JobId) : StateChange;

    /// <summary>An execution is new or changed.</summary>
    internal sealed record ExecutionPut(Execution Execution) : StateChange;

    /// <summary>An execution is gone.</summary>
    internal sealed record ExecutionRemoved(ExecutionKey Key) : StateChange;

    /// <summary>A certificate is new or changed. None is ever gone: deleted ones keep their record.</summary>
    internal sealed record CertificatePut(DeviceCertificate Certificate) : StateChange;

    /// <summary>A policy is new or changed.</summary>
    internal sealed record PolicyPut(Policy Policy) : StateChange;

    /// <summary>A policy is gone.</summary>
    internal sealed record PolicyRemoved(string Name) : StateChange;

    /// <summary>A provisioning template is new.</summary>
    internal sealed record TemplatePut(ProvisioningTemplate Template) : StateChange;

    /// <summary>A provisioning template is gone.</summary>
    internal sealed record TemplateRemoved(string Name) : StateChange;
}
