namespace EdgeJobs.Protocol;

/// <summary>The classes of faults that a payload can have.</summary>
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

    /// <summary>A member has another JSON type than the spec says.</summary>
    WrongType,

    /// <summary>A number does not fit in the type that the spec says.</summary>
    OutOfRange,

    /// <summary>A member that the spec requires is absent or null.</summary>
    MissingMember,
}
