using System;
using System.Collections.Generic;

namespace EdgeJobs.Generators.Parse.Names;

/// <summary>Names that generated code uses itself, so that nothing of the spec can have them.</summary>
internal static class ReservedNames
{
    private static readonly string[] ObjectMethods = { "Equals", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString", "Finalize" };

    /// <summary>Members of the class of topic builders and of the channel enum.</summary>
    public static readonly HashSet<string> Channels = Set(ObjectMethods, "None", "TryMatch");

    /// <summary>Members of the class of operations.</summary>
    public static readonly HashSet<string> Operations = Set(ObjectMethods);

    /// <summary>Members of the class of job operations.</summary>
    public static readonly HashSet<string> JobOperations = Set(ObjectMethods, "All");

    /// <summary>Members of models and views. A member of the spec gets <c>Value</c> behind its name instead.</summary>
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

    /// <summary>Variables of the generated topic builders and of the matcher. A parameter gets <c>Value</c> behind its name instead.</summary>
    public static bool IsParameter(string name) =>
        Array.IndexOf(ObjectMethods, char.ToUpperInvariant(name[0]) + name.Substring(1)) >= 0
        || name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') is "behind" or "channel" or "charsWritten" or "destination"
            or "found" or "level" or "match" or "more" or "rest" or "topic" or "value";

    /// <summary>Types that generated code names.</summary>
    public static readonly HashSet<string> Types = Set(
        Array.Empty<string>(),
        "ArgumentException",
        "ArgumentNullException",
        "ArgumentOutOfRangeException",
        "ByteString",
        "CodecError",
        "CodecErrorKind",
        "ConstraintViolation",
        "CorrelationToken",
        "DateTimeOffset",
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
        "JsonDateTime",
        "JsonDiscriminator",
        "JsonDouble",
        "JsonInt32",
        "JsonInt64",
        "JsonKinds",
        "JsonMap",
        "JsonRaw",
        "JsonScalars",
        "JsonText",
        "JsonTokenType",
        "JsonUuid",
        "JsonValue",
        "KeyValuePair",
        "MessageReader",
        "NotNullWhen",
        "NotNullWhenAttribute",
        "Obsolete",
        "ObsoleteAttribute",
        "QualityOfService",
        "RawJson",
        "ReadOnlyMemory",
        "ReadOnlySpan",
        "RequestOperation",
        "ServiceSpec",
        "Span",
        "System",
        "TextRules",
        "TimeSpan",
        "TopicLevels",
        "TopicWriter",
        "Utf8JsonReader",
        "Utf8JsonWriter",
        "ValueList",
        "ValueMap");

    private static HashSet<string> Set(string[] first, params string[] names)
    {
        HashSet<string> set = new(first, StringComparer.Ordinal);
        set.UnionWith(names);
        return set;
    }
}
