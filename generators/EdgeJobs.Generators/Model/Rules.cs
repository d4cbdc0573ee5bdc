using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Model;

/// <summary>The rule for a string. Lengths count Unicode code points, as JSON Schema does.</summary>
/// <param name="MinLength">0 for no limit.</param>
/// <param name="MaxLength">-1 for no limit.</param>
/// <param name="Characters">The characters it may have, or null for any.</param>
/// <param name="AlsoAllowed">
/// Additional whole values (<c>anyOf</c> with <c>const</c>), or the only ones when <paramref name="IsClosed"/>.
/// </param>
/// <param name="IsClosed">Only the values of <paramref name="AlsoAllowed"/> are allowed (<c>enum</c> or <c>const</c>).</param>
/// <param name="Others">Rules of which each is enough, too (<c>anyOf</c>).</param>
/// <param name="Automaton">The pattern that it must match, or null for none, and for one that is a set of characters.</param>
/// <param name="Format">The format that it must have.</param>
internal sealed record StringRule(
    int MinLength,
    int MaxLength,
    CharacterSet? Characters,
    EquatableArray<string> AlsoAllowed,
    bool IsClosed,
    EquatableArray<StringRule> Others = default,
    Automaton? Automaton = null,
    TextFormat Format = TextFormat.None)
{
    public static readonly StringRule None = new(0, -1, null, EquatableArray<string>.Empty, false);
}

/// <summary>A <c>format</c> that is checked. The names are those of the methods of <c>TextFormats</c>.</summary>
internal enum TextFormat
{
    None,
    Email,
    HostName,
    Ipv4,
    Ipv6,
    Uri,
    UriReference,
    Iri,
    IriReference,
    Time,
    Duration,
    JsonPointer,
    Date,
    DateTime,
    Uuid,
}

/// <summary>A set of characters, from a pattern of the form <c>^[class]+$</c> (or <c>*</c> for the last sign).</summary>
/// <param name="Pattern">As written in the document, for messages and documentation.</param>
/// <param name="Ascii">The allowed ASCII characters in ascending order; empty for <paramref name="ExcludesControls"/>.</param>
/// <param name="ExcludesControls">Any character that is not in the Unicode category C: <c>^[^\p{C}]+$</c>.</param>
internal sealed record CharacterSet(string Pattern, string Ascii, bool ExcludesControls);

/// <summary>The rule for a whole number.</summary>
/// <param name="Minimum">Inclusive; null for none.</param>
/// <param name="Maximum">Inclusive; null for none.</param>
/// <param name="AlsoAllowed">Additional values (<c>anyOf</c> with <c>const</c>).</param>
/// <param name="MultipleOf">What divides each value without a remainder; 0 for no such number.</param>
/// <param name="IsClosed">Only the values of <paramref name="AlsoAllowed"/> are allowed.</param>
/// <param name="Others">Rules of which each is enough, too (<c>anyOf</c>).</param>
internal sealed record IntegerRule(
    long? Minimum,
    long? Maximum,
    EquatableArray<long> AlsoAllowed,
    long MultipleOf = 0,
    bool IsClosed = false,
    EquatableArray<IntegerRule> Others = default)
{
    public static readonly IntegerRule None = new(null, null, EquatableArray<long>.Empty);
}

/// <summary>The rule for a number: inclusive bounds, null for none.</summary>
/// <param name="Minimum">Inclusive; null for none.</param>
/// <param name="Maximum">Inclusive; null for none.</param>
/// <param name="MultipleOf">What divides each value without a remainder; 0 for no such number.</param>
/// <param name="Allowed">The only values (<c>enum</c>), or none for any.</param>
/// <param name="Others">Rules of which each is enough, too (<c>anyOf</c>).</param>
internal sealed record NumberRule(
    double? Minimum,
    double? Maximum,
    double MultipleOf = 0,
    EquatableArray<double> Allowed = default,
    EquatableArray<NumberRule> Others = default)
{
    public static readonly NumberRule None = new(null, null);
}

/// <summary>The rule for which members of an object are present.</summary>
/// <param name="MinMembers">0 for no limit.</param>
/// <param name="MaxMembers">-1 for no limit.</param>
/// <param name="Choices">Members of which some must be present.</param>
internal sealed record ObjectRule(int MinMembers, int MaxMembers, EquatableArray<MemberChoice> Choices);

/// <summary>Alternatives that say nothing but which members are present.</summary>
/// <param name="Alternatives">The names on the wire of the members of each alternative.</param>
/// <param name="IsExclusive">Exactly one alternative holds (<c>oneOf</c>), not at least one (<c>anyOf</c>).</param>
internal sealed record MemberChoice(EquatableArray<EquatableArray<string>> Alternatives, bool IsExclusive);
