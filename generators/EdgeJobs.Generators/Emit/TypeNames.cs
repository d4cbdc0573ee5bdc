using System;
using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>The C# types that a spec's type becomes.</summary>
internal static class TypeNames
{
    /// <summary>The type in a model, without a question mark.</summary>
    public static string Model(TypeRef type) => type switch
    {
        StringRef => "string",
        IntegerRef { Format: IntegerFormat.Int32 } => "int",
        IntegerRef { Format: IntegerFormat.UInt64 } => "ulong",
        IntegerRef => "long",
        NumberRef => "double",
        BooleanRef => "bool",
        DateTimeRef => "DateTimeOffset",
        DateRef => "DateOnly",
        UuidRef => "Guid",
        BytesRef => "ByteString",
        RawObjectRef or AnyTypeRef => "RawJson",
        NullableRef n => Model(n.Value) + (IsRaw(n.Value) ? "" : "?"),
        ObjectRef o => o.Name,
        UnionRef u => u.Name,
        EnumRef e => e.Name,
        NumericEnumRef e => e.Name,
        ArrayRef a => $"ValueList<{Model(a.Element)}>",
        MapRef m => $"ValueMap<{Model(m.Value)}>",
        _ => throw new InvalidOperationException("no C# type for " + type),
    };

    /// <summary>The type of a model's property: absent members are null, or an empty <c>RawJson</c>.</summary>
    public static string Property(MemberModel member) =>
        member.IsAlwaysSet || IsRaw(member.Type) ? Model(member.Type) : Model(member.Type) + "?";

    /// <summary>The type that reads a value in place, as an element or a value of a map.</summary>
    public static string View(TypeRef type) => type switch
    {
        StringRef or EnumRef => "JsonText",
        IntegerRef { Format: IntegerFormat.Int32 } => "JsonInt32",
        IntegerRef { Format: IntegerFormat.UInt64 } => "JsonUInt64",
        IntegerRef { Format: IntegerFormat.EpochSeconds } => "JsonEpochSeconds",
        IntegerRef or NumericEnumRef => "JsonInt64",
        NumberRef => "JsonDouble",
        BooleanRef => "JsonBoolean",
        DateTimeRef => "JsonDateTime",
        DateRef => "JsonDate",
        UuidRef => "JsonUuid",
        BytesRef => "JsonBytes",
        RawObjectRef => "JsonRaw",
        AnyTypeRef => "JsonValue",
        NullableRef n => $"JsonNullable<{View(n.Value)}>",
        ObjectRef o => o.Name + "View",
        UnionRef u => u.Name + "View",
        ArrayRef a => $"JsonArray<{View(a.Element)}>",
        RestRef r => $"JsonRest<{View(r.Value)}>",
        MapRef m => $"JsonMap<{View(m.Value)}>",
        _ => throw new InvalidOperationException("no view for " + type),
    };

    /// <summary>True for a type whose values stay JSON text.</summary>
    public static bool IsRaw(TypeRef type) => type is RawObjectRef or AnyTypeRef;

    /// <summary>True for an enum of strings, also one that may be null.</summary>
    public static bool IsEnum(TypeRef type) => type is EnumRef or NullableRef { Value: EnumRef };

    /// <summary>True for a map, and for an array whose elements are or hold maps.</summary>
    public static bool HoldsMap(TypeRef type) => type is MapRef || (type.Inner is { } inner && HoldsMap(inner));

    /// <summary>The JSON types that a value may have, as an expression: <c>JsonKinds.String | JsonKinds.Array</c>.</summary>
    public static string Kinds(TypeRef type) => type switch
    {
        AnyTypeRef { Alternatives.Count: 0 } => "JsonKinds.Any",
        AnyTypeRef a => string.Join(" | ", a.Alternatives.Select(Kinds).Distinct()),
        NullableRef n => Kinds(n.Value) + " | JsonKinds.Null",
        NullRef => "JsonKinds.Null",
        IntegerRef or NumericEnumRef or NumberRef => "JsonKinds.Number",
        BooleanRef => "JsonKinds.Boolean",
        ArrayRef => "JsonKinds.Array",
        MapRef or ObjectRef or UnionRef or RawObjectRef => "JsonKinds.Object",
        _ => "JsonKinds.String",
    };

    /// <summary>True for a type whose values hold no slice of the payload: a view holds the value itself.</summary>
    public static bool IsScalar(TypeRef type) =>
        type is IntegerRef or NumericEnumRef or NumberRef or BooleanRef or DateTimeRef or DateRef or UuidRef;

    /// <summary>True for a type that is a struct in a model and may be a <c>Nullable</c> of it.</summary>
    public static bool IsStruct(TypeRef type) => IsScalar(type) || type is EnumRef or BytesRef;

    /// <summary>The type of a view's property.</summary>
    public static string ViewProperty(TypeRef type) => type switch
    {
        _ when IsScalar(type) || type is EnumRef => Model(type) + "?",
        _ => View(type),
    };
}
