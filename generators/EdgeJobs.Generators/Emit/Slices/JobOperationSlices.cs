using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit.Slices;

/// <summary>The job operations, with the limits of all that their job documents hold.</summary>
/// <param name="Head">What every file says of its spec.</param>
/// <param name="Operations">The job operations.</param>
/// <param name="Objects">The objects that job documents are made of, without what is said of them; each behind those that it holds.</param>
/// <param name="Enums">The enums among them, likewise.</param>
internal sealed record JobOperationsSlice(
    SpecHead Head,
    EquatableArray<JobOperationModel> Operations,
    EquatableArray<ObjectModel> Objects,
    EquatableArray<EnumModel> Enums) : FileSlice(Head)
{
    public override string FileName => ClassName(Head) + ".g.cs";

    /// <summary>The static class with the job operations.</summary>
    public static string ClassName(SpecHead head) => head.Name + "JobOperations";

    public static JobOperationsSlice Of(SpecHead head, SpecModel spec)
    {
        List<ObjectModel> objects = Ordered(spec);
        HashSet<string> enums = new(objects.SelectMany(o => o.Members).Select(m => Innermost(m.Type)).OfType<EnumRef>().Select(e => e.Name));
        return new JobOperationsSlice(
            head,
            spec.JobOperations,
            new EquatableArray<ObjectModel>(objects.Select(Bare).ToArray()),
            new EquatableArray<EnumModel>(spec.Types.OfType<EnumModel>().Where(e => enums.Contains(e.Name)).Select(Bare).ToArray()));
    }

    public override string Emit() => JobOperationsEmitter.EmitTable(this);

    private static ObjectModel Bare(ObjectModel model) => model with
    {
        Description = "",
        Examples = default,
        Members = new EquatableArray<MemberModel>(model.Members.Select(m => m with { Description = "", Default = "", DefaultText = null, Examples = default }).ToArray()),
    };

    private static EnumModel Bare(EnumModel model) => model with
    {
        Description = "",
        Values = new EquatableArray<EnumValue>(model.Values.Select(v => v with { Description = "" }).ToArray()),
    };

    private static List<ObjectModel> Ordered(SpecModel spec)
    {
        Dictionary<string, ObjectModel> all = spec.Types.OfType<ObjectModel>().ToDictionary(t => t.Name);
        List<ObjectModel> ordered = new();
        HashSet<string> seen = new();
        Stack<(ObjectModel Model, bool IsDone)> waiting = new();
        foreach (JobOperationModel operation in spec.JobOperations.Reverse())
        {
            waiting.Push((all[operation.Document], false));
        }

        while (waiting.Count > 0)
        {
            (ObjectModel model, bool isDone) = waiting.Pop();
            if (isDone)
            {
                ordered.Add(model);
            }
            else if (seen.Add(model.Name))
            {
                waiting.Push((model, true));
                foreach (MemberModel member in model.Members.Reverse())
                {
                    if (Innermost(member.Type) is ObjectRef o)
                    {
                        waiting.Push((all[o.Name], false));
                    }
                }
            }
        }

        return ordered;
    }

    private static TypeRef Innermost(TypeRef type)
    {
        while (type is ArrayRef or MapRef)
        {
            type = (type as ArrayRef)?.Element ?? ((MapRef)type).Value;
        }

        return type;
    }
}

/// <summary>What makes an object a job document.</summary>
/// <param name="Head">What every file says of its spec.</param>
/// <param name="Document">The object.</param>
/// <param name="Operation">The name of its job operation.</param>
internal sealed record JobDocumentSlice(SpecHead Head, string Document, string Operation) : FileSlice(Head)
{
    public override string FileName => Document + ".Job.g.cs";

    public override string Emit() => JobOperationsEmitter.EmitDocument(this);
}
