using System.Collections.Generic;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

/// <summary>
/// The part of a spec that one generated file depends on: the incremental pipeline compares it with the slice of
/// the previous run, and emits the file only if they differ. A slice therefore has value equality, and holds
/// only those facts about other types and channels that the file shows.
/// </summary>
/// <param name="Head">What every file says about its spec.</param>
internal abstract record FileSlice(SpecHead Head)
{
    /// <summary>The file's name, unique within the spec.</summary>
    public abstract string FileName { get; }

    /// <summary>
    /// The files of a spec: first those that every spec has, so that a new or removed type does not move them. (The pipeline
    /// compares by position: the files of the types after a new type are emitted again.)
    /// </summary>
    public static IEnumerable<FileSlice> Of(SpecModel spec)
    {
        SpecHead head = SpecHead.Of(spec);
        yield return ChannelsSlice.Of(head, spec);
        yield return BuildersSlice.Of(head, spec);
        yield return MatcherSlice.Of(head, spec);
        yield return OperationsSlice.Of(head, spec);
        yield return ServiceSlice.Of(head, spec);
        if (spec.HasClient)
        {
            yield return ClientSlice.Of(head, spec);
        }

        if (spec.JobOperations.Count > 0)
        {
            yield return JobOperationsSlice.Of(head, spec);
        }

        foreach (JobOperationModel operation in spec.JobOperations)
        {
            yield return new JobDocumentSlice(head, operation.Document, operation.Name);
        }

        foreach (TypeModel type in spec.Types)
        {
            switch (type)
            {
                case EnumModel model:
                    yield return new EnumSlice(head, model);
                    break;
                case NumericEnumModel model:
                    yield return new NumericEnumSlice(head, model);
                    break;
                case UnionModel model:
                    yield return new UnionSlice(head, model);
                    yield return UnionViewSlice.Of(head, model);
                    break;
                case ChoiceModel model:
                    yield return new ChoiceSlice(head, model);
                    yield return ChoiceViewSlice.Of(head, model);
                    break;
                case MessageSetModel model:
                    yield return new MessageSetSlice(head, model);
                    break;
                case ValueModel model:
                    yield return new ValueSlice(head, model);
                    if (model.Format == PayloadFormat.Json)
                    {
                        yield return ValueViewSlice.Of(head, model);
                    }

                    break;
                case ObjectModel model:
                    yield return new ModelSlice(head, model);
                    yield return ViewSlice.Of(head, model);
                    break;
            }
        }
    }
}
