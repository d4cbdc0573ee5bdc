using System;
using System.Collections.Generic;
using System.Linq;

namespace EdgeJobs.Generators.Names;

/// <summary>
/// Names that generated code uses itself, so that elements of the spec can't have them. A test compares these lists with what the
/// compiler finds in generated code: a name that an emitter begins to use must be added here.
/// </summary>
internal static class ReservedNames
{
    private static readonly string[] ObjectMethods =
    {
        "Equals", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString", "Finalize",
    };

    /// <summary>The ends of the names of the classes that are generated once.</summary>
    private static readonly string[] ServiceSuffixes = { "Channel", "Client", "Operations", "Spec", "TopicMatch", "Topics" };

    /// <summary>Members of the class of topic builders and of the channel enum, and the types whose members that class calls.</summary>
    private static readonly HashSet<string> Channels = Set(
        ObjectMethods, "None", "TryMatch", "ArgumentNullException", "TextRules", "TopicLevels");

    /// <summary>Members of the class of operations, and the types whose members it uses.</summary>
    private static readonly HashSet<string> Operations = Set(ObjectMethods, "MessageLocation", "QualityOfService", "TimeSpan");

    /// <summary>Members of the class of job operations, and the types whose members it uses.</summary>
    private static readonly HashSet<string> JobOperations = Set(ObjectMethods, "All", "JsonKinds", "TextRules");

    /// <summary>True for a name that no service can have.</summary>
    public static bool IsService(string name) =>
        ServiceSuffixes.Any(suffix => Types.Contains(name + suffix));

    /// <summary>True for a name that no channel can have.</summary>
    /// <param name="name">The C# name.</param>
    /// <param name="spec">The name of the service.</param>
    public static bool IsChannel(string name, string spec) =>
        Channels.Contains(name) || name == spec + "Channel" || name == spec + "Topics" || Stem(name) == "Match";

    /// <summary>True for a name that no operation can have.</summary>
    /// <param name="name">The C# name.</param>
    /// <param name="spec">The name of the service.</param>
    public static bool IsOperation(string name, string spec) =>
        Operations.Contains(name) || name == spec + "Channel" || name == spec + "Operations";

    /// <summary>True for a name that no job operation can have.</summary>
    /// <param name="name">The C# name.</param>
    /// <param name="spec">The name of the service.</param>
    public static bool IsJobOperation(string name, string spec) => JobOperations.Contains(name) || name == spec + "JobOperations";

    /// <summary>Methods that convert enums to text and check for known values; an enum can't have their names.</summary>
    public static readonly HashSet<string> EnumMethods = Set(Array.Empty<string>(), "IsKnown", "ToUtf8", "ToWireString");

    /// <summary>Members of the view of a union and of the record of an unknown alternative, in addition to those of every view.</summary>
    public static readonly HashSet<string> UnionMembers = Set(Array.Empty<string>(), "Alternative", "Json", "Raw");

    /// <summary>Members of models and views. A member of the spec with such a name gets the suffix <c>Value</c>.</summary>
    public static readonly HashSet<string> Members = Set(
        ObjectMethods,
        "Clone",
        "CorrelationMember",
        "Deconstruct",
        "EqualityContract",
        "Find",
        "FindMember",
        "HasValue",
        "JobOperation",
        "PrintMembers",
        "ToModel",
        "CanRead",
        "TryRead",
        "TryValidate",
        "WriteMembersTo",
        "WriteTo");

    /// <summary>
    /// Variables of the generated topic builders and of the matcher. A parameter with such a name gets the suffix <c>Value</c>.
    /// </summary>
    /// <param name="name">The C# name.</param>
    /// <param name="spec">The name of the service.</param>
    public static bool IsParameter(string name, string spec) =>
        Array.IndexOf(ObjectMethods, char.ToUpperInvariant(name[0]) + name.Substring(1)) >= 0
        || name == spec + "Channel"
        || char.ToUpperInvariant(name[0]) + name.Substring(1) == spec + "TopicMatch"
        || Stem(name) is "behind" or "channel" or "charsWritten" or "destination"
            or "found" or "level" or "match" or "more" or "rest" or "topic" or "value";

    /// <summary>Types that generated code names.</summary>
    public static readonly HashSet<string> Types = Set(
        Array.Empty<string>(),
        "AnswerOperation",
        "ArgumentException",
        "ArgumentNullException",
        "ArgumentOutOfRangeException",
        "ByteString",
        "ChoiceReader",
        "CodecError",
        "CodecErrorKind",
        "ConstraintViolation",
        "CorrelationToken",
        "DateOnly",
        "DateTimeOffset",
        "DebuggerBrowsable",
        "DebuggerBrowsableAttribute",
        "DebuggerBrowsableState",
        "DebuggerDisplay",
        "DebuggerDisplayAttribute",
        "DocumentMember",
        "DocumentShape",
        "EventOperation",
        "GeneratedCode",
        "GeneratedCodeAttribute",
        "Guid",
        "ICorrelatedMessage",
        "IJobDocument",
        "IJsonView",
        "IMessage",
        "IReadOnlyList",
        "JsonArray",
        "JsonBoolean",
        "JobOperation",
        "JsonBytes",
        "JsonDate",
        "JsonDateTime",
        "JsonDiscriminator",
        "JsonDouble",
        "JsonEpochSeconds",
        "JsonInt32",
        "JsonInt64",
        "JsonKinds",
        "JsonMap",
        "JsonNullable",
        "JsonRaw",
        "JsonScalars",
        "JsonText",
        "JsonTokenType",
        "JsonUInt64",
        "JsonUuid",
        "JsonValue",
        "KeyValuePair",
        "LocatedRequestOperation",
        "MessageFinder",
        "MessageLocation",
        "MessageProperties",
        "MessageReader",
        "NotNullWhen",
        "NotNullWhenAttribute",
        "Obsolete",
        "ObsoleteAttribute",
        "QualityOfService",
        "RawJson",
        "RawJsonRules",
        "ReadOnlyMemory",
        "ReadOnlySpan",
        "RequestOperation",
        "ServiceSpec",
        "Span",
        "System",
        "TextFormats",
        "TextPattern",
        "TextPayload",
        "TextRules",
        "TimeSpan",
        "TopicLevels",
        "TopicRequestOperation",
        "TopicWriter",
        "Utf8JsonReader",
        "Utf8JsonWriter",
        "ValueList",
        "ValueMap",
        "ValueRules");

    /// <summary>
    /// Types that only the client uses, by namespace. A type of the spec may have such a name; the client then writes both.
    /// </summary>
    private static readonly Dictionary<string, string[]> Client = new()
    {
        ["EdgeJobs.Client"] =
        [
            "Answer", "ConnectResult", "EventFeed", "MessageReceipt", "PublishResult", "Reply", "ServiceClient", "ServiceClientOptions",
        ],
        ["System"] = ["Func", "IAsyncDisposable"],
        ["System.Threading"] = ["CancellationToken"],
        ["System.Threading.Tasks"] = ["Task", "ValueTask"],
    };

    /// <summary>The names of <see cref="Client"/>.</summary>
    public static readonly HashSet<string> ClientTypes = new(Client.Values.SelectMany(types => types), StringComparer.Ordinal);

    /// <summary>Members of a received message. A topic parameter with such a name gets the suffix <c>Value</c>.</summary>
    public static readonly HashSet<string> ReceivedMembers =
        Set(Array.Empty<string>(), "Accept", "Message", "MessageProperties", "MessageReceipt", "Properties", "Receipt", "Reject");

    /// <summary>The namespace of a type that only the client uses.</summary>
    public static string ClientNamespaceOf(string type) => Client.First(names => names.Value.Contains(type)).Key;

    /// <summary>True for a name that no method of the client can have, or that would be taken for another member.</summary>
    public static bool IsClientMember(string name, string spec) =>
        Array.IndexOf(ObjectMethods, name) >= 0
        || name is "Connect" or "ConnectAsync" or "Disconnect" or "DisconnectAsync" or "Dispose" or "DisposeAsync" or "IsConnected"
        || name == spec + "Channel" || name == spec + "Client" || name == spec + "Operations" || name == spec + "Spec"
        || name == spec + "Topics";

    /// <summary>A name with <c>Value</c> appended until it is free.</summary>
    public static string Free(string name, Func<string, bool> isTaken)
    {
        while (isTaken(name))
        {
            name += "Value";
        }

        return name;
    }

    /// <summary>A name without its trailing digits: generated methods and variables are numbered.</summary>
    private static string Stem(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');

    private static HashSet<string> Set(string[] first, params string[] names)
    {
        HashSet<string> set = new(first, StringComparer.Ordinal);
        set.UnionWith(names);
        return set;
    }
}
