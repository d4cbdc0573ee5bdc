using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

/// <summary>The job operations, with the limits of all that their job documents hold.</summary>
/// <param name="Head">What every file says about its spec.</param>
/// <param name="Operations">The job operations.</param>
/// <param name="Types">The types that job documents consist of, without descriptions; each after the types that it holds.</param>
internal sealed record JobOperationsSlice(
    SpecHead Head,
    EquatableArray<JobOperationModel> Operations,
    EquatableArray<TypeModel> Types) : FileSlice(Head)
{
    public override string FileName => ClassName(Head) + ".g.cs";

    /// <summary>The static class with the job operations.</summary>
    public static string ClassName(SpecHead head) => head.Name + "JobOperations";

    public static JobOperationsSlice Of(SpecHead head, SpecModel spec) =>
        new(head, spec.JobOperations, new EquatableArray<TypeModel>(Ordered(spec).Select(Bare).ToArray()));

    private static TypeModel Bare(TypeModel type) => type switch
    {
        ObjectModel o => o with
        {
            Description = "",
            Examples = default,
            Members = new EquatableArray<MemberModel>(
                o.Members.Select(m => m with { Description = "", Default = "", DefaultText = null, Examples = default }).ToArray()),
        },
        UnionModel u => u with { Description = "" },
        ChoiceModel c => c with { Description = "" },
        EnumModel e => e with
        {
            Description = "",
            Values = new EquatableArray<EnumValue>(e.Values.Select(v => v with { Description = "" }).ToArray()),
        },
        NumericEnumModel e => e with
        {
            Description = "",
            Values = new EquatableArray<NumericEnumValue>(e.Values.Select(v => v with { Description = "" }).ToArray()),
        },
        _ => type,
    };

    private static List<TypeModel> Ordered(SpecModel spec)
    {
        Dictionary<string, TypeModel> all = spec.Types.ToDictionary(t => t.Name);
        List<TypeModel> ordered = new();
        HashSet<string> seen = new();
        Stack<(TypeModel Model, bool IsDone)> waiting = new();
        foreach (JobOperationModel operation in spec.JobOperations.Reverse())
        {
            waiting.Push((all[operation.Document], false));
        }

        while (waiting.Count > 0)
        {
            (TypeModel model, bool isDone) = waiting.Pop();
            if (isDone)
            {
                ordered.Add(model);
            }
            else if (seen.Add(model.Name))
            {
                waiting.Push((model, true));
                foreach (string held in Held(model).Reverse())
                {
                    waiting.Push((all[held], false));
                }
            }
        }

        return ordered;
    }

    /// <summary>The names of the types that a type holds.</summary>
    private static IEnumerable<string> Held(TypeModel type) => type switch
    {
        ObjectModel o => o.Members.Select(m => NameOf(m.Type)).OfType<string>(),
        UnionModel u => u.Alternatives.Select(a => a.Type),
        _ => Enumerable.Empty<string>(),
    };

    private static string? NameOf(TypeRef type)
    {
        while (type is ArrayRef or MapRef)
        {
            type = (type as ArrayRef)?.Element ?? ((MapRef)type).Value;
        }

        return type switch
        {
            ObjectRef o => o.Name,
            UnionRef u => u.Name,
            EnumRef e => e.Name,
            NumericEnumRef e => e.Name,
            _ => null,
        };
    }
}

/// <summary>The part of an object that makes it a job document.</summary>
/// <param name="Head">What every file says about its spec.</param>
/// <param name="Document">The object.</param>
/// <param name="Operation">The name of its job operation.</param>
internal sealed record JobDocumentSlice(SpecHead Head, string Document, string Operation) : FileSlice(Head)
{
    public override string FileName => Document + ".Job.g.cs";
}
