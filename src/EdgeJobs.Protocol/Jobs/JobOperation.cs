namespace EdgeJobs.Protocol;

/// <summary>What a job document can ask a board for, as the spec declares it.</summary>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="member">The member of a job document that selects its operation.</param>
/// <param name="value">The value of that member; null if its presence is sufficient.</param>
/// <param name="shape">What a job document must look like.</param>
public abstract class JobOperation(string name, string member, string? value, DocumentShape shape)
{
    /// <summary>The operation's name in the spec.</summary>
    public string Name { get; } = name;

    /// <summary>The member of a job document that selects its operation.</summary>
    public string Member { get; } = member;

    /// <summary>The value of <see cref="Member"/>; null if its presence is sufficient.</summary>
    public string? Value { get; } = value;

    /// <summary>What a job document must look like.</summary>
    public DocumentShape Shape { get; } = shape;
}

/// <summary>A job operation with the type of its job documents.</summary>
/// <typeparam name="TDocument">The job document.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="member">The member of a job document that selects its operation.</param>
/// <param name="value">The value of that member; null if its presence is sufficient.</param>
/// <param name="shape">What a job document must look like.</param>
public sealed class JobOperation<TDocument>(string name, string member, string? value, DocumentShape shape)
    : JobOperation(name, member, value, shape)
    where TDocument : class, IJobDocument<TDocument>;
