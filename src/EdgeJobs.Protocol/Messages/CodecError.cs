namespace EdgeJobs.Protocol;

/// <summary>Why a payload could not be read, as a value.</summary>
/// <param name="Kind">The kind of the fault.</param>
/// <param name="Member">The path of the member, such as <c>execution.jobId</c>; empty if the fault is not in a member.</param>
/// <param name="Offset">The offset of the fault in the payload, in bytes.</param>
public readonly record struct CodecError(CodecErrorKind Kind, string Member, int Offset)
{
    private readonly string? _member = Member;

    /// <summary>The path of the member, such as <c>execution.jobId</c>; empty if the fault is not in a member.</summary>
    public string Member
    {
        get => _member ?? "";
        init => _member = value;
    }

    /// <summary>The same fault with a path that starts at <paramref name="parent"/>.</summary>
    public CodecError Within(string parent) =>
        this with { Member = Member.Length == 0 ? parent : parent + "." + Member };

    /// <summary>The fault without its location.</summary>
    public string Reason => Kind switch
    {
        CodecErrorKind.None => "no error",
        CodecErrorKind.InvalidUtf8 => "the payload is not valid UTF-8",
        CodecErrorKind.InvalidJson => "the payload is not valid JSON",
        CodecErrorKind.NotAnObject => "the payload is not a JSON object",
        CodecErrorKind.WrongType => "the value has the wrong JSON type",
        CodecErrorKind.OutOfRange => "the number does not fit",
        CodecErrorKind.MissingMember => "the required member is missing",
        CodecErrorKind.WrongValue => "the value is not the one that the spec requires",
        _ => "unknown fault",
    };

    /// <summary>One line for a log.</summary>
    public override string ToString() => Member.Length == 0 ? $"{Reason} (byte {Offset})" : $"{Member}: {Reason} (byte {Offset})";
}
