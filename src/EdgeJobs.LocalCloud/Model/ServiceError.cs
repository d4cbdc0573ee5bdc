namespace EdgeJobs.LocalCloud.Model;

internal enum ServiceErrorKind
{
    /// <summary>The topic does not belong to an operation.</summary>
    InvalidTopic,

    /// <summary>The payload is not a JSON object in UTF-8.</summary>
    InvalidJson,

    /// <summary>A member is missing or breaks a limit.</summary>
    InvalidRequest,

    ResourceNotFound,
    ResourceAlreadyExists,

    /// <summary>The resource's state does not allow the operation.</summary>
    InvalidStateTransition,

    /// <summary>The expected version differs from the actual one.</summary>
    VersionConflict,

    /// <summary>A device requested an execution that has ended.</summary>
    TerminalState,

    LimitExceeded,
    MalformedPolicy,
    VersionsLimitExceeded,

    /// <summary>The resource to delete is still in use.</summary>
    DeleteConflict,

    /// <summary>The certificate's status does not allow the operation.</summary>
    CertificateState,

    /// <summary>The service failed, for example because of a full disk. Nothing has changed.</summary>
    InternalFailure,
}

/// <param name="Current">The execution, if the error response contains its state and version.</param>
internal sealed record ServiceError(ServiceErrorKind Kind, string Message, Execution? Current = null)
{
    public static ServiceError Invalid(string message) => new(ServiceErrorKind.InvalidRequest, message);

    public static ServiceError NotFound(string message) => new(ServiceErrorKind.ResourceNotFound, message);
}
