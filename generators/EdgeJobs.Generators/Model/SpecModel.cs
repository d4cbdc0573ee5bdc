using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Model;

/// <summary>
/// Everything the emitters need to know about one spec file. Holds no source positions, no symbols and no JSON: two files
/// that differ only in white space give equal models, and the incremental pipeline stops there.
/// </summary>
/// <param name="Name">The service in Pascal case, the prefix of the generated static classes: <c>Jobs</c>.</param>
/// <param name="Namespace">The C# namespace of all that is generated.</param>
/// <param name="Title">The document's <c>info.title</c>.</param>
/// <param name="Version">The document's <c>info.version</c>.</param>
/// <param name="Channels">In the order of the document.</param>
/// <param name="Operations">In the order of the document.</param>
/// <param name="JobOperations">In the order of the document.</param>
/// <param name="Types">Objects and enums reachable from messages, ordered by name (ordinal).</param>
/// <param name="HasClient">Whether a client is generated.</param>
internal sealed record SpecModel(
    string Name,
    string Namespace,
    string Title,
    string Version,
    EquatableArray<ChannelModel> Channels,
    EquatableArray<OperationModel> Operations,
    EquatableArray<JobOperationModel> JobOperations,
    EquatableArray<TypeModel> Types,
    bool HasClient = false);

/// <summary>One MQTT topic with its parameters.</summary>
/// <param name="Id">The channel's key in the document: <c>startNextPendingJobExecution</c>.</param>
/// <param name="Name">The same in Pascal case.</param>
/// <param name="Address">
/// The topic with its parameters in braces: <c>$aws/things/{thingName}/jobs/start-next</c>. Empty if it is known at run time only.
/// </param>
/// <param name="Description">One or more sentences, without trailing white space; empty when the document has none.</param>
/// <param name="Levels">The topic levels of the address, split at <c>/</c>.</param>
/// <param name="Parameters">In the order of the address.</param>
/// <param name="SameAs">The index of the earlier channel that matches the same topics and stands for this one, or -1.</param>
internal sealed record ChannelModel(
    string Id,
    string Name,
    string Address,
    string Description,
    EquatableArray<TopicLevel> Levels,
    EquatableArray<TopicParameter> Parameters,
    int SameAs = -1)
{
    /// <summary>Whether the topic is known when the code is generated.</summary>
    public bool HasAddress => Levels.Count > 0;

    /// <summary>Whether a received topic can have this channel.</summary>
    public bool IsMatched => HasAddress && SameAs < 0;

    /// <summary>The name of the method that writes the topic into memory.</summary>
    public string FormatterName => "TryFormat" + Name;
}

/// <summary>One level of a topic: literal text, which may be empty, or parameters with literal text around them.</summary>
/// <param name="Prefix">Literal text before the parameter; the whole level if <paramref name="Parameter"/> is -1.</param>
/// <param name="Parameter">The index into <see cref="ChannelModel.Parameters"/>, or -1 for a literal level.</param>
/// <param name="Suffix">Literal text after the parameter.</param>
/// <param name="More">Further parameters of the level, each with the literal text after it.</param>
internal sealed record TopicLevel(string Prefix, int Parameter, string Suffix, EquatableArray<TopicPart> More = default)
{
    /// <summary>Whether it is literal text of no characters.</summary>
    public bool IsEmpty => Parameter < 0 && Prefix.Length == 0;

    /// <summary>Whether it is one parameter without text around it.</summary>
    public bool IsWhole => Parameter >= 0 && Prefix.Length == 0 && Suffix.Length == 0 && More.Count == 0;

    /// <summary>The level with <c>{}</c> for each parameter.</summary>
    public string Shape => Parameter < 0 ? Prefix : Prefix + "{}" + Suffix + string.Concat(More.Select(m => "{}" + m.Suffix));

    /// <summary>The level as an address has it.</summary>
    /// <param name="parameters">The parameters of the channel.</param>
    public string Text(IReadOnlyList<TopicParameter> parameters) =>
        Prefix + string.Concat(Parts.Select(p => "{" + parameters[p.Parameter].Name + "}" + p.Suffix));

    /// <summary>The indices of its parameters, each with the literal text after it.</summary>
    public IEnumerable<TopicPart> Parts =>
        Parameter < 0 ? Enumerable.Empty<TopicPart>() : new[] { new TopicPart(Parameter, Suffix) }.Concat(More);

    /// <summary>The level in a channel that has other parameters before its own.</summary>
    public TopicLevel MoveParameters(int count) => Parameter < 0 || count == 0
        ? this
        : this with
        {
            Parameter = Parameter + count,
            More = new EquatableArray<TopicPart>(More.Select(m => m with { Parameter = m.Parameter + count }).ToArray()),
        };
}

/// <summary>A parameter inside a level.</summary>
/// <param name="Parameter">The index into <see cref="ChannelModel.Parameters"/>.</param>
/// <param name="Suffix">Literal text after it.</param>
internal sealed record TopicPart(int Parameter, string Suffix);

/// <summary>A parameter of a topic.</summary>
/// <param name="Id">The name in camel case: <c>thingName</c>. Also the C# parameter name unless it is a keyword.</param>
/// <param name="Name">The name in the address, which the same parameter has in other channels.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="Rule">The rule for a value, which must also be one non-empty topic level without <c>+ # /</c> and NUL.</param>
/// <param name="Default">The value that callers of the builder may omit, or null.</param>
internal sealed record TopicParameter(string Id, string Name, string Description, StringRule Rule, string? Default = null);

/// <summary>An operation: a request with its replies, or an event that is received or sent.</summary>
/// <param name="Id">The operation's key in the document.</param>
/// <param name="Name">The same in Pascal case.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="IsSend">True for <c>send</c>, false for <c>receive</c>.</param>
/// <param name="Channel">The index into <see cref="SpecModel.Channels"/>.</param>
/// <param name="Message">The type of the payload.</param>
/// <param name="Accepted">The reply, or null when the operation has none.</param>
/// <param name="Rejected">The reply of <c>x-rejected</c>, or null.</param>
/// <param name="QualityOfService">0 or 1.</param>
/// <param name="Retain">The RETAIN flag of sent messages.</param>
/// <param name="MessageExpirySeconds">MQTT 5 message expiry interval in seconds, or -1 for none.</param>
/// <param name="Kind">What it is in the generated code.</param>
/// <param name="Token">Where a request carries its token, or null.</param>
/// <param name="ReplyAddress">Where a request names the topic of its reply; null if the reply's channel has an address.</param>
internal sealed record OperationModel(
    string Id,
    string Name,
    string Description,
    bool IsSend,
    int Channel,
    string Message,
    ReplyModel? Accepted,
    ReplyModel? Rejected,
    int QualityOfService,
    bool Retain,
    long MessageExpirySeconds,
    OperationKind Kind = OperationKind.Event,
    LocationModel? Token = null,
    LocationModel? ReplyAddress = null);

/// <summary>What an operation is in the generated code.</summary>
internal enum OperationKind
{
    /// <summary>A message without a reply, sent or received.</summary>
    Event,

    /// <summary>A request whose token is a string member of all payloads, with replies on fixed topics.</summary>
    Request,

    /// <summary>A request whose replies are matched by their topic alone.</summary>
    TopicRequest,

    /// <summary>Any other request.</summary>
    LocatedRequest,

    /// <summary>A request that is received and answered.</summary>
    Answer,
}

/// <summary>The channel and the payload of a reply.</summary>
/// <param name="Channel">The index into <see cref="SpecModel.Channels"/>.</param>
/// <param name="Message">The type of the payload.</param>
/// <param name="Token">Where it carries the token of the request, or null.</param>
/// <param name="Test">How it is distinguished from the reply to accepted requests; null if its topic is another one.</param>
internal sealed record ReplyModel(int Channel, string Message, LocationModel? Token = null, ReplyTest? Test = null);

/// <summary>How the reply to rejected requests is distinguished from that to accepted ones on the same topic.</summary>
/// <param name="Type">The type of all messages of both replies, a <see cref="MessageSetModel"/>.</param>
/// <param name="Messages">Those of the reply to rejected requests.</param>
/// <param name="Records">The records around these.</param>
internal sealed record ReplyTest(string Type, EquatableArray<string> Messages, EquatableArray<string> Records = default);

/// <summary>Where a message carries the token of a request, or the topic of its reply.</summary>
/// <param name="Kind">The kind of place, a member of <c>MessageLocation</c>.</param>
/// <param name="Name">The name of a user property, or the JSON pointer of a member without its first slash; otherwise empty.</param>
internal sealed record LocationModel(LocationKind Kind, string Name = "")
{
    public bool IsMember => Kind >= LocationKind.Text;
}

/// <summary>The kinds of places in a message.</summary>
internal enum LocationKind
{
    CorrelationData,
    ResponseTopic,
    UserProperty,
    Text,
    Number,
    Uuid,
}

/// <summary>A named type that is emitted.</summary>
internal abstract record TypeModel(string Name, string Description);

/// <summary>A JSON object with known members.</summary>
/// <param name="Name">The C# type name.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="Members">In the order of the document.</param>
/// <param name="CorrelationMember">The index of the member that carries the correlation token (a string), or -1.</param>
/// <param name="IsDeprecated">Emits <c>[Obsolete]</c>.</param>
/// <param name="Union">The union that it is an alternative of, or null.</param>
/// <param name="Examples">Whole objects as JSON text.</param>
/// <param name="Rule">Which members must be present, beyond those that are required; null for no rule.</param>
internal sealed record ObjectModel(
    string Name,
    string Description,
    EquatableArray<MemberModel> Members,
    int CorrelationMember,
    bool IsDeprecated,
    UnionBase? Union = null,
    EquatableArray<string> Examples = default,
    ObjectRule? Rule = null) : TypeModel(Name, Description);

/// <summary>What an alternative needs to know about its union.</summary>
/// <param name="Name">The C# name of the union.</param>
/// <param name="Discriminator">The member that distinguishes the alternatives.</param>
/// <param name="Wire">The value of the discriminator in this object.</param>
/// <param name="IsRequired">The object can't be read without it.</param>
internal sealed record UnionBase(string Name, DiscriminatorModel Discriminator, string Wire, bool IsRequired = false);

/// <summary>The member that distinguishes the alternatives of a union: a string.</summary>
/// <param name="JsonName">The name on the wire.</param>
/// <param name="Name">The C# property name.</param>
internal sealed record DiscriminatorModel(string JsonName, string Name);

/// <summary>One of several objects (<c>oneOf</c>), distinguished by a member that each of them has.</summary>
/// <param name="Name">The C# type name.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="Discriminator">The member that distinguishes them.</param>
/// <param name="Alternatives">In the order of the document.</param>
/// <param name="IsDeprecated">Emits <c>[Obsolete]</c>.</param>
internal sealed record UnionModel(
    string Name,
    string Description,
    DiscriminatorModel Discriminator,
    EquatableArray<UnionAlternative> Alternatives,
    bool IsDeprecated) : TypeModel(Name, Description);

/// <summary>An alternative of a union.</summary>
/// <param name="Type">The object type.</param>
/// <param name="Name">Its name in the enum of the alternatives.</param>
/// <param name="Wire">The discriminator's value.</param>
internal sealed record UnionAlternative(string Type, string Name, string Wire);

/// <summary>A message whose payload is not an object with known members: a record around one value.</summary>
/// <param name="Name">The C# type name.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="Format">How the value is encoded.</param>
/// <param name="ContentType">The content type as written; empty when the document has none.</param>
/// <param name="Value">The value, which has no JSON name. It is optional if it may be null. Null for a message without payload.</param>
/// <param name="IsDeprecated">Emits <c>[Obsolete]</c>.</param>
/// <param name="Examples">Whole payloads as JSON text.</param>
internal sealed record ValueModel(
    string Name,
    string Description,
    PayloadFormat Format,
    string ContentType,
    MemberModel? Value,
    bool IsDeprecated,
    EquatableArray<string> Examples) : TypeModel(Name, Description);

/// <summary>How a payload is encoded.</summary>
internal enum PayloadFormat
{
    /// <summary>One JSON value.</summary>
    Json,

    /// <summary>The text itself in UTF-8.</summary>
    Text,

    /// <summary>The bytes themselves.</summary>
    Bytes,

    /// <summary>No payload.</summary>
    Empty,
}

/// <summary>A JSON string that takes one of a set of values.</summary>
internal sealed record EnumModel(string Name, string Description, EquatableArray<EnumValue> Values) : TypeModel(Name, Description);

/// <summary>One value of an enum.</summary>
/// <param name="Name">The C# member name.</param>
/// <param name="Wire">The JSON string.</param>
/// <param name="Description">Empty when the document has none (<c>x-enum-descriptions</c>).</param>
internal sealed record EnumValue(string Name, string Wire, string Description);

/// <summary>A JSON number that takes one of a set of whole values.</summary>
internal sealed record NumericEnumModel(string Name, string Description, EquatableArray<NumericEnumValue> Values)
    : TypeModel(Name, Description);

/// <summary>One value of an enum of whole numbers.</summary>
/// <param name="Name">The C# member name.</param>
/// <param name="Wire">The JSON number, which is the C# value too.</param>
/// <param name="Description">Empty when the document has none (<c>x-enum-descriptions</c>).</param>
internal sealed record NumericEnumValue(string Name, long Wire, string Description);

/// <summary>One member of an object.</summary>
/// <param name="JsonName">The name on the wire.</param>
/// <param name="Name">The C# property name.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="IsRequired">Whether reading fails without it and C# code must set it.</param>
/// <param name="Default">The meaning of its absence as JSON text, for the documentation; empty for none.</param>
/// <param name="IsDeprecated">Emits <c>[Obsolete]</c>.</param>
/// <param name="DefaultText">A default for code: a string, the C# name of an enum value, a number, true or false; null for none.</param>
/// <param name="Examples">Values as JSON text.</param>
/// <param name="IsNullable">A required member whose value may be null.</param>
/// <param name="IsOnRequest">The member leads back to its object: the view reads it each time that it is asked for.</param>
internal sealed record MemberModel(
    string JsonName,
    string Name,
    string Description,
    TypeRef Type,
    bool IsRequired,
    string Default,
    bool IsDeprecated,
    string? DefaultText = null,
    EquatableArray<string> Examples = default,
    bool IsNullable = false,
    bool IsOnRequest = false)
{
    /// <summary>Whether it is present, and not null.</summary>
    public bool IsAlwaysSet => IsRequired && !IsNullable;
}
