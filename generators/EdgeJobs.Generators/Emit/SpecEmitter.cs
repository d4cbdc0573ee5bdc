using System.Collections.Generic;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Turns a spec into C# files. The same spec gives the same bytes on every machine.</summary>
internal static class SpecEmitter
{
    /// <summary>Emits the files of a spec.</summary>
    /// <returns>File names, unique within the spec, with their text.</returns>
    public static IEnumerable<(string HintName, string Source)> Emit(SpecModel spec)
    {
        foreach (TypeModel type in spec.Types)
        {
            switch (type)
            {
                case EnumModel model:
                    yield return (model.Name + ".g.cs", EnumEmitter.Emit(spec, model));
                    break;
                case ObjectModel model:
                    yield return (model.Name + ".g.cs", ModelEmitter.Emit(spec, model));
                    yield return (model.Name + "View.g.cs", ViewEmitter.Emit(spec, model));
                    break;
            }
        }

        TopicRules rules = new(spec);
        yield return (spec.Name + "Channel.g.cs", TopicsEmitter.EmitChannels(spec));
        yield return (spec.Name + "Topics.g.cs", TopicsEmitter.EmitBuilders(spec, rules));
        yield return (spec.Name + "Topics.Matching.g.cs", MatcherEmitter.Emit(spec, rules));
        yield return (spec.Name + "Operations.g.cs", OperationsEmitter.EmitTable(spec));
        yield return (spec.Name + "Spec.g.cs", OperationsEmitter.EmitSpec(spec));
    }
}
