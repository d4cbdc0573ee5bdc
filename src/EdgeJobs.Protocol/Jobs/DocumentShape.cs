namespace EdgeJobs.Protocol;

/// <summary>
/// The shape of a value in a job document, from the spec. Reading a document stops at its first fault; the shape allows to find all faults
/// with their locations.
/// </summary>
public sealed class DocumentShape
{
    /// <summary>The JSON types that the value may have.</summary>
    public required JsonKinds Kinds { get; init; }

    /// <summary>The types as text: <c>a string</c>.</summary>
    public required string Expected { get; init; }

    /// <summary>The limits as text after "must be": <c>1 to 64 characters of [a-z]</c>; empty for none.</summary>
    public string Limits { get; init; } = string.Empty;

    /// <summary>Whether the limits list every valid value. An invalid value is then not a secret and can be shown.</summary>
    public bool IsListed { get; init; }

    /// <summary>The member that selects one of <see cref="Alternatives"/>; null if there is only one shape.</summary>
    public string? Discriminator { get; init; }

    /// <summary>The possible shapes of an object, by the value of <see cref="Discriminator"/>.</summary>
    public IReadOnlyDictionary<string, Func<DocumentShape>>? Alternatives { get; init; }

    /// <summary>The members of an object; null for a map.</summary>
    public IReadOnlyList<DocumentMember>? Members { get; init; }

    /// <summary>The elements of an array or the values of a map; null for any.</summary>
    public DocumentShape? Items { get; init; }

    /// <summary>The shape of the names of a map; null for any.</summary>
    public DocumentShape? Names { get; init; }

    /// <summary>The minimum number of elements or entries.</summary>
    public int MinCount { get; init; }

    /// <summary>The maximum number of elements or entries; null for any.</summary>
    public int? MaxCount { get; init; }

    /// <summary>The allowed numbers of elements as text after "must have"; empty for any.</summary>
    public string Counts { get; init; } = string.Empty;

    /// <summary>Whether a string is within the limits; null for any.</summary>
    public Func<ReadOnlySpan<char>, bool>? IsText { get; init; }

    /// <summary>The required Boolean; null for any.</summary>
    public bool? IsBoolean { get; init; }

    /// <summary>Whether the number must be a 64-bit integer; a string of digits is accepted.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether a whole number is within the limits; null for any.</summary>
    public Func<long, bool>? IsInteger { get; init; }

    /// <summary>Whether a number is within the limits; null for any.</summary>
    public Func<double, bool>? IsNumber { get; init; }

    /// <summary>The maximum size of a free-form object in bytes; null for any.</summary>
    public int? MaxBytes { get; init; }
}

/// <summary>A member of an object in a job document.</summary>
/// <param name="name">The name on the wire.</param>
/// <param name="isRequired">Whether a document without it is faulty.</param>
/// <param name="shape">The shape of its value.</param>
public sealed class DocumentMember(string name, bool isRequired, DocumentShape shape)
{
    /// <summary>The name on the wire.</summary>
    public string Name { get; } = name;

    /// <summary>Whether a document without it is faulty.</summary>
    public bool IsRequired { get; } = isRequired;

    /// <summary>The shape of its value.</summary>
    public DocumentShape Shape { get; } = shape;
}
