namespace EdgeJobs.Protocol;

/// <summary>
/// What a value in a job document must look like, as the spec says. Reading a document stops at its first fault; with its
/// shape all faults are found, each with its place.
/// </summary>
public sealed class DocumentShape
{
    /// <summary>The JSON types that the value may have.</summary>
    public required JsonKinds Kinds { get; init; }

    /// <summary>These types in words: <c>a string</c>.</summary>
    public required string Expected { get; init; }

    /// <summary>The limits in words, behind "must be": <c>1 to 64 characters of [a-z]</c>; empty when there are none.</summary>
    public string Limits { get; init; } = string.Empty;

    /// <summary>The limits list every value, so that another one is no secret and can be shown.</summary>
    public bool IsListed { get; init; }

    /// <summary>The member that tells which of <see cref="Alternatives"/> an object is; null when there is one shape of it.</summary>
    public string? Discriminator { get; init; }

    /// <summary>What an object may be, by the value of <see cref="Discriminator"/>.</summary>
    public IReadOnlyDictionary<string, Func<DocumentShape>>? Alternatives { get; init; }

    /// <summary>The members of an object; null when their names are not known beforehand.</summary>
    public IReadOnlyList<DocumentMember>? Members { get; init; }

    /// <summary>The elements of an array or the values of a map; null for any.</summary>
    public DocumentShape? Items { get; init; }

    /// <summary>What the names of a map must be; null for any.</summary>
    public DocumentShape? Names { get; init; }

    /// <summary>The least number of elements or entries.</summary>
    public int MinCount { get; init; }

    /// <summary>The greatest number of elements or entries; null for any.</summary>
    public int? MaxCount { get; init; }

    /// <summary>The numbers of elements in words, behind "must have"; empty when any will do.</summary>
    public string Counts { get; init; } = string.Empty;

    /// <summary>Says whether a string is within the limits; null for any.</summary>
    public Func<ReadOnlySpan<char>, bool>? IsText { get; init; }

    /// <summary>The truth value that it must be; null for either.</summary>
    public bool? IsBoolean { get; init; }

    /// <summary>The number must be whole, in 64 bits; a string of digits will do.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Says whether a whole number is within the limits; null for any.</summary>
    public Func<long, bool>? IsInteger { get; init; }

    /// <summary>Says whether a number is within the limits; null for any.</summary>
    public Func<double, bool>? IsNumber { get; init; }

    /// <summary>The most bytes of a free-form object; null for any number.</summary>
    public int? MaxBytes { get; init; }
}

/// <summary>A member of an object in a job document.</summary>
/// <param name="name">The name on the wire.</param>
/// <param name="isRequired">Whether a document without it is faulty.</param>
/// <param name="shape">What its value must look like.</param>
public sealed class DocumentMember(string name, bool isRequired, DocumentShape shape)
{
    /// <summary>The name on the wire.</summary>
    public string Name { get; } = name;

    /// <summary>Whether a document without it is faulty.</summary>
    public bool IsRequired { get; } = isRequired;

    /// <summary>What its value must look like.</summary>
    public DocumentShape Shape { get; } = shape;
}
