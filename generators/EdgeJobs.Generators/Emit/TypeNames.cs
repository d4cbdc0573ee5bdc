using System;
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
        IntegerRef => "long",
        NumberRef => "double",
        BooleanRef => "bool",
        RawObjectRef => "RawJson",
        ObjectRef o => o.Name,
        EnumRef e => e.Name,
        ArrayRef a => "ValueList<" + Model(a.Element) + ">",
        MapRef m => "ValueMap<" + Model(m.Value) + ">",
        _ => throw new InvalidOperationException("no C# type for " + type),
    };

    /// <summary>The type of a model's property: absent members are null, or an empty <c>RawJson</c>.</summary>
    public static string Property(MemberModel member) =>
        member.IsRequired || member.Type is RawObjectRef ? Model(member.Type) : Model(member.Type) + "?";

    /// <summary>The type that reads a value in place, as an element or a value of a map.</summary>
    public static string View(TypeRef type) => type switch
    {
        StringRef or EnumRef => "JsonText",
        IntegerRef { Format: IntegerFormat.Int32 } => "JsonInt32",
        IntegerRef => "JsonInt64",
        NumberRef => "JsonDouble",
        BooleanRef => "JsonBoolean",
        RawObjectRef => "JsonRaw",
        ObjectRef o => o.Name + "View",
        ArrayRef a => "JsonArray<" + View(a.Element) + ">",
        MapRef m => "JsonMap<" + View(m.Value) + ">",
        _ => throw new InvalidOperationException("no view for " + type),
    };

    /// <summary>The type of a view's property.</summary>
    public static string ViewProperty(TypeRef type) => type switch
    {
        IntegerRef or NumberRef or BooleanRef or EnumRef => Model(type) + "?",
        _ => View(type),
    };
}
