using System;
using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Model;

/// <summary>
/// One of several values (<c>oneOf</c>, <c>anyOf</c>) that no string member distinguishes, or that are not all objects: an abstract record
/// with a nested record around each alternative.
/// </summary>
/// <param name="Name">The C# type name.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="Discriminator">The JSON name of the member that has its own constant in each object; empty if there is none.</param>
/// <param name="Alternatives">In the order of the document.</param>
/// <param name="IsDeprecated">Emits <c>[Obsolete]</c>.</param>
/// <param name="IsRecursive">
/// An object contains the choice again. Alternatives are then found by their members only: to read them would read each level several
/// times.
/// </param>
/// <param name="CorrelationMember">The JSON name of the member that carries the correlation token in each alternative, or empty.</param>
internal sealed record ChoiceModel(
    string Name,
    string Description,
    string Discriminator,
    EquatableArray<ChoiceAlternative> Alternatives,
    bool IsDeprecated,
    bool IsRecursive = false,
    string CorrelationMember = "") : TypeModel(Name, Description);

/// <summary>An alternative of a choice.</summary>
/// <param name="Name">Its name among the alternatives; the record around it has the prefix <c>Of</c>.</param>
/// <param name="Value">The value, without a JSON name.</param>
/// <param name="Kinds">The JSON types that the value may have.</param>
/// <param name="Constant">The constant of the discriminator; null if there is none.</param>
/// <param name="Members">The JSON names of the members that an object may have.</param>
/// <param name="Required">Those of them that it must have.</param>
internal sealed record ChoiceAlternative(
    string Name,
    MemberModel Value,
    ValueKinds Kinds,
    ChoiceConstant? Constant,
    EquatableArray<string> Members,
    EquatableArray<string> Required);

/// <summary>A constant that distinguishes an alternative: a string, a number, true or false.</summary>
/// <param name="Kind">The JSON type.</param>
/// <param name="Text">The string, or the JSON text of another value.</param>
internal sealed record ChoiceConstant(ValueKinds Kind, string Text);

/// <summary>JSON types; the names are those of <c>JsonKinds</c> at run time.</summary>
[Flags]
internal enum ValueKinds
{
    None = 0,
    Object = 1,
    Array = 2,
    String = 4,
    Number = 8,
    Boolean = 16,
    Any = 31,
}

/// <summary>One of several messages of a channel or an operation: an abstract record with a nested record around each message.</summary>
/// <param name="Name">The C# type name.</param>
/// <param name="Description">What carries the messages.</param>
/// <param name="Header">The user property that has its own constant in each message; empty if there is none.</param>
/// <param name="HasContentTypes">Each message has a content type of its own.</param>
/// <param name="Discriminator">The JSON name of the member that has its own string in each message; empty if there is none.</param>
/// <param name="Messages">In the order of the document.</param>
/// <param name="CorrelationMember">The JSON name of the member that carries the correlation token in each message, or empty.</param>
internal sealed record MessageSetModel(
    string Name,
    string Description,
    string Header,
    bool HasContentTypes,
    string Discriminator,
    EquatableArray<MessageSetEntry> Messages,
    string CorrelationMember = "") : TypeModel(Name, Description);

/// <summary>A message of a set.</summary>
/// <param name="Type">Its C# type.</param>
/// <param name="Record">The name of the record around it.</param>
/// <param name="Format">How its payload is encoded.</param>
/// <param name="ContentType">Its content type in lower case; empty if it has none.</param>
/// <param name="Header">The value of the set's user property.</param>
/// <param name="Constant">The value of the set's discriminator.</param>
/// <param name="Members">The JSON names of the members that an object may have.</param>
internal sealed record MessageSetEntry(
    string Type, string Record, PayloadFormat Format, string ContentType, string Header, string Constant, EquatableArray<string> Members);
