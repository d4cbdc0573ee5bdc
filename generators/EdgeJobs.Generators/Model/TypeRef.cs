using System.Linq;
using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Model;

/// <summary>The type of a member, an array element or a map value, with the rules that its value must satisfy.</summary>
internal abstract record TypeRef
{
    /// <summary>The type of an element, a map's value, or a value that is not null; null for a type that holds no other.</summary>
    public virtual TypeRef? Inner => null;
}

/// <summary>A JSON string: <c>string</c> in C#.</summary>
/// <param name="Rule">The rule for its value.</param>
/// <param name="IsSecret">Whether text representations of the object hide it (<c>format: password</c>).</param>
internal sealed record StringRef(StringRule Rule, bool IsSecret = false) : TypeRef;

/// <summary>A whole number: <c>long</c> in C# (<c>int</c> for 32 bits and less, <c>ulong</c> for <c>format: uint64</c>).</summary>
internal sealed record IntegerRef(IntegerFormat Format, IntegerRule Rule) : TypeRef;

/// <summary>A number: <c>double</c> in C#.</summary>
internal sealed record NumberRef(NumberRule Rule) : TypeRef;

/// <summary><c>true</c> or <c>false</c>.</summary>
/// <param name="Constant">The only value that it may have (<c>const</c>), or null.</param>
internal sealed record BooleanRef(bool? Constant = null) : TypeRef;

/// <summary>A point in time in RFC 3339 text (<c>format: date-time</c>): <c>DateTimeOffset</c> in C#.</summary>
internal sealed record DateTimeRef : TypeRef;

/// <summary>A date in RFC 3339 text (<c>format: date</c>): <c>DateOnly</c> in C#.</summary>
internal sealed record DateRef : TypeRef;

/// <summary>A UUID in RFC 9562 text (<c>format: uuid</c>): <c>Guid</c> in C#.</summary>
internal sealed record UuidRef : TypeRef;

/// <summary>Bytes in base64 (<c>format: byte</c>, or <c>contentEncoding: base64</c>): <c>ByteString</c> in C#.</summary>
/// <param name="MaxBytes">The most bytes it may have when decoded (<c>x-maxBytes</c>), or -1 for no limit.</param>
internal sealed record BytesRef(int MaxBytes) : TypeRef;

/// <summary>Any JSON object, kept as the UTF-8 that was received: <c>RawJson</c> in C#.</summary>
/// <param name="MaxBytes">The most bytes it may have (<c>x-maxBytes</c>), or -1 for no limit.</param>
internal sealed record RawObjectRef(int MaxBytes) : TypeRef;

/// <summary>
/// A value of one of several JSON types (<c>type</c> is a list), kept as the UTF-8 that was received: <c>RawJson</c> in C#.
/// </summary>
/// <param name="Alternatives">The possible types, each of another JSON type; none for any JSON value.</param>
internal sealed record AnyTypeRef(EquatableArray<TypeRef> Alternatives) : TypeRef
{
    /// <summary>Any JSON value, null too.</summary>
    public static readonly AnyTypeRef Json = new(EquatableArray<TypeRef>.Empty);

    public bool AllowsNull => Alternatives.Count == 0 || Alternatives.Any(a => a is NullRef);
}

/// <summary><c>null</c>, one of the alternatives of an <see cref="AnyTypeRef"/>.</summary>
internal sealed record NullRef : TypeRef;

/// <summary>An element of an array or a value of a map that may be null.</summary>
/// <param name="Value">The type of a value that is not null.</param>
internal sealed record NullableRef(TypeRef Value) : TypeRef
{
    public override TypeRef Inner => Value;

    /// <summary>The type of a member, whose null is its absence.</summary>
    public static TypeRef WithoutNull(TypeRef type)
    {
        if (type is not AnyTypeRef { Alternatives.Count: > 1, AllowsNull: true } any)
        {
            return (type as NullableRef)?.Value ?? type;
        }

        TypeRef[] others = any.Alternatives.Where(a => a is not NullRef).ToArray();
        return others.Length == 1 ? others[0] : new AnyTypeRef(new EquatableArray<TypeRef>(others));
    }

    /// <summary>A type whose values may be null, too.</summary>
    public static TypeRef Of(TypeRef type) => type switch
    {
        NullableRef => type,
        AnyTypeRef { AllowsNull: true } => type,
        AnyTypeRef any => new AnyTypeRef(new EquatableArray<TypeRef>(any.Alternatives.Append(new NullRef()).ToArray())),
        _ => new NullableRef(type),
    };
}

/// <summary>An object type of <see cref="SpecModel.Types"/>.</summary>
internal sealed record ObjectRef(string Name) : TypeRef;

/// <summary>One of several objects, a <see cref="UnionModel"/> of <see cref="SpecModel.Types"/>: an abstract record in C#.</summary>
internal sealed record UnionRef(string Name) : TypeRef;

/// <summary>An enum type of <see cref="SpecModel.Types"/>.</summary>
internal sealed record EnumRef(string Name) : TypeRef;

/// <summary>An enum of whole numbers, one of <see cref="SpecModel.Types"/>: an enum over <c>long</c> in C#.</summary>
internal sealed record NumericEnumRef(string Name) : TypeRef;

/// <summary>An array: <c>ValueList&lt;T&gt;</c> in C#.</summary>
/// <param name="Element">The type of each element.</param>
/// <param name="MinItems">0 for no limit.</param>
/// <param name="MaxItems">-1 for no limit.</param>
/// <param name="IsUnique">Whether no element may occur twice.</param>
internal sealed record ArrayRef(TypeRef Element, int MinItems, int MaxItems, bool IsUnique = false) : TypeRef
{
    public override TypeRef Inner => Element;
}

/// <summary>An object whose member names are data: <c>ValueMap&lt;T&gt;</c> in C#.</summary>
/// <param name="Value">The type of each value.</param>
/// <param name="Key">The rule for each member name.</param>
/// <param name="MinProperties">0 for no limit.</param>
/// <param name="MaxProperties">-1 for no limit.</param>
internal record MapRef(TypeRef Value, StringRule Key, int MinProperties, int MaxProperties) : TypeRef
{
    public override TypeRef Inner => Value;
}

/// <summary>The members that an object does not list: <c>ValueMap&lt;T&gt;</c> in C#, the last of the object's members.</summary>
/// <param name="Value">The type of each value.</param>
/// <param name="Key">The rule for each member name.</param>
/// <param name="Listed">The JSON names of the members that the object lists.</param>
internal sealed record RestRef(TypeRef Value, StringRule Key, EquatableArray<string> Listed) : MapRef(Value, Key, 0, -1);

/// <summary>The width and meaning of a whole number.</summary>
internal enum IntegerFormat
{
    Int64,
    Int32,
    UInt64,
    EpochSeconds,
}
