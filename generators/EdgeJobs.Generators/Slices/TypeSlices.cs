using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

internal sealed record EnumSlice(SpecHead Head, EnumModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + ".g.cs";
}

internal sealed record NumericEnumSlice(SpecHead Head, NumericEnumModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + ".g.cs";
}

/// <summary>The model of an object. It holds only the names of its members' types.</summary>
internal sealed record ModelSlice(SpecHead Head, ObjectModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + ".g.cs";
}

/// <summary>The model of one of several objects.</summary>
internal sealed record UnionSlice(SpecHead Head, UnionModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + ".g.cs";
}

/// <summary>The view of one of several objects.</summary>
internal sealed record UnionViewSlice(SpecHead Head, UnionModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + "View.g.cs";

    public static UnionViewSlice Of(SpecHead head, UnionModel model) => new(head, model with { Description = "" });
}

/// <summary>The record around a payload that is not an object.</summary>
internal sealed record ValueSlice(SpecHead Head, ValueModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + ".g.cs";
}

/// <summary>The view of a JSON payload that is not an object, without its limits.</summary>
internal sealed record ValueViewSlice(SpecHead Head, string Name, MemberModel Value) : FileSlice(Head)
{
    public override string FileName => Name + "View.g.cs";

    public static ValueViewSlice Of(SpecHead head, ValueModel model) => new(
        head, model.Name, model.Value! with { Type = ViewSlice.Shape(model.Value.Type), Description = "" });
}

/// <summary>The view of an object, without the limits and the description, which only the model needs.</summary>
internal sealed record ViewSlice(SpecHead Head, ObjectModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + "View.g.cs";

    public static ViewSlice Of(SpecHead head, ObjectModel model) => new(head, model with
    {
        Description = "",
        Examples = default,
        Rule = null,
        Members = new EquatableArray<MemberModel>(
            model.Members.Select(m => m with { Type = Shape(m.Type), Default = "", Examples = default }).ToArray()),
    });

    /// <summary>A type without its limits.</summary>
    public static TypeRef Shape(TypeRef type) => type switch
    {
        StringRef => new StringRef(StringRule.None),
        IntegerRef i => new IntegerRef(i.Format, IntegerRule.None),
        BooleanRef => new BooleanRef(),
        NumberRef => new NumberRef(NumberRule.None),
        BytesRef => new BytesRef(-1),
        RawObjectRef => new RawObjectRef(-1),
        AnyTypeRef a => new AnyTypeRef(new EquatableArray<TypeRef>(a.Alternatives.Select(Shape).ToArray())),
        NullableRef n => new NullableRef(Shape(n.Value)),
        ArrayRef a => new ArrayRef(Shape(a.Element), 0, -1),
        RestRef r => new RestRef(Shape(r.Value), StringRule.None, r.Listed),
        MapRef m => new MapRef(Shape(m.Value), StringRule.None, 0, -1),
        _ => type,
    };
}
