namespace EdgeJobs.Protocol;

/// <summary>The kinds of faults in a payload.</summary>
public enum CodecErrorKind
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>The payload is not UTF-8 (RFC 8259, section 8.1).</summary>
    InvalidUtf8,

    /// <summary>The payload is not one JSON value, or is nested deeper than 64 levels.</summary>
    InvalidJson,

    /// <summary>The payload is JSON, but not an object.</summary>
    NotAnObject,

    /// <summary>A member's JSON type differs from the spec.</summary>
    WrongType,

    /// <summary>A number does not fit in the type in the spec.</summary>
    OutOfRange,

    /// <summary>A member that the spec requires is absent or null.</summary>
    MissingMember,

    /// <summary>A member has another value than the only one that the spec allows.</summary>
    WrongValue,
}
