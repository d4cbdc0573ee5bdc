using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

/// <summary>The model of one of several values.</summary>
internal sealed record ChoiceSlice(SpecHead Head, ChoiceModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + ".g.cs";
}

/// <summary>The view of one of several values, without its limits.</summary>
internal sealed record ChoiceViewSlice(SpecHead Head, ChoiceModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + "View.g.cs";

    public static ChoiceViewSlice Of(SpecHead head, ChoiceModel model) => new(head, model with
    {
        Description = "",
        CorrelationMember = "",
        Alternatives = new EquatableArray<ChoiceAlternative>(model.Alternatives.Select(Shape).ToArray()),
    });

    private static ChoiceAlternative Shape(ChoiceAlternative alternative) => alternative with
    {
        Value = alternative.Value with { Type = ViewSlice.Shape(alternative.Value.Type), Description = "", Examples = default },
    };
}

/// <summary>One of several messages.</summary>
internal sealed record MessageSetSlice(SpecHead Head, MessageSetModel Model) : FileSlice(Head)
{
    public override string FileName => Model.Name + ".g.cs";
}
