namespace EdgeJobs.Protocol;

/// <summary>A limit of the spec that a message violates.</summary>
/// <param name="Member">The path of the member, such as <c>statusDetails.reason</c>; empty for the whole payload.</param>
/// <param name="Rule">The limit, as a predicate: <c>must be 1 to 10080</c>.</param>
public readonly record struct ConstraintViolation(string Member, string Rule)
{
    private readonly string? _member = Member;
    private readonly string? _rule = Rule;

    /// <summary>The path of the member, such as <c>statusDetails.reason</c>; empty for the whole payload.</summary>
    public string Member
    {
        get => _member ?? "";
        init => _member = value;
    }

    /// <summary>The limit, as a predicate: <c>must be 1 to 10080</c>.</summary>
    public string Rule
    {
        get => _rule ?? "";
        init => _rule = value;
    }

    /// <summary>The same violation with a path that starts at <paramref name="parent"/>.</summary>
    public ConstraintViolation Within(string parent) =>
        this with { Member = Member.Length == 0 || parent.Length == 0 ? parent + Member : parent + "." + Member };

    /// <summary>One line for a log or an error message: <c>stepTimeoutInMinutes must be 1 to 10080</c>.</summary>
    public override string ToString() => (Member.Length == 0 ? "the payload" : Member) + " " + Rule;
}
