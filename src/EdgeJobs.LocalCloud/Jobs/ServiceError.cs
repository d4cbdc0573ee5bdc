namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>The classes of refusals.</summary>
internal enum ServiceErrorKind
{
    /// <summary>The topic belongs to no operation.</summary>
    InvalidTopic,

    /// <summary>The payload is no JSON object in UTF-8.</summary>
    InvalidJson,

    /// <summary>A member is missing or breaks a limit.</summary>
    InvalidRequest,

    /// <summary>No such thing, group, job or execution.</summary>
    ResourceNotFound,

    /// <summary>It exists already.</summary>
    ResourceAlreadyExists,

    /// <summary>Its state does not allow that.</summary>
    InvalidStateTransition,

    /// <summary>Another version number was expected.</summary>
    VersionConflict,

    /// <summary>A device asked for an execution that has ended.</summary>
    TerminalState,

    /// <summary>Too many of something.</summary>
    LimitExceeded,

    /// <summary>A policy document can't be used.</summary>
    MalformedPolicy,

    /// <summary>A policy has as many versions as it may have.</summary>
    VersionsLimitExceeded,

    /// <summary>Something still hangs on what is to be deleted.</summary>
    DeleteConflict,

    /// <summary>The certificate's status does not allow that.</summary>
    CertificateState,

    /// <summary>The service itself failed, such as a full disk. Nothing has changed.</summary>
    InternalFailure,
}

/// <summary>Why an operation was refused.</summary>
/// <param name="Kind">The class.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Current">The execution as it stands, where the refusal depends on it (state and version).</param>
internal sealed record ServiceError(ServiceErrorKind Kind, string Message, Execution? Current = null)
{
    /// <summary>A limit or a missing member.</summary>
    public static ServiceError Invalid(string message) => new(ServiceErrorKind.InvalidRequest, message);

    /// <summary>Nothing of that name.</summary>
    public static ServiceError NotFound(string message) => new(ServiceErrorKind.ResourceNotFound, message);
}
