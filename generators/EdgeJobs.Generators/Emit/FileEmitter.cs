using System;
using EdgeJobs.Generators.Slices;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits each generated file with the emitter of its kind.</summary>
internal static class FileEmitter
{
    /// <summary>The text of a file. The same slice gives the same bytes on every machine.</summary>
    public static string Emit(FileSlice slice) => slice switch
    {
        ChannelsSlice s => TopicsEmitter.EmitChannels(s.Head, s.Channels),
        BuildersSlice s => TopicsEmitter.EmitBuilders(s.Head, s.Channels, s.Filters),
        MatcherSlice s => MatcherEmitter.Emit(s.Head, s.Channels),
        OperationsSlice s => OperationsEmitter.EmitTable(s.Head, s.Operations),
        ServiceSlice s => OperationsEmitter.EmitSpec(s.Head, s),
        ClientSlice s => ClientEmitter.Emit(s),
        JobOperationsSlice s => JobOperationsEmitter.EmitTable(s),
        JobDocumentSlice s => JobOperationsEmitter.EmitDocument(s),
        EnumSlice s => EnumEmitter.Emit(s.Head, s.Model),
        NumericEnumSlice s => EnumEmitter.Emit(s.Head, s.Model),
        UnionSlice s => UnionEmitter.EmitModel(s.Head, s.Model),
        UnionViewSlice s => UnionEmitter.EmitView(s.Head, s.Model),
        ChoiceSlice s => ChoiceEmitter.Emit(s.Head, s.Model),
        ChoiceViewSlice s => ChoiceViewEmitter.Emit(s.Head, s.Model),
        MessageSetSlice s => MessageSetEmitter.Emit(s.Head, s.Model),
        ValueSlice s => ValueEmitter.EmitModel(s.Head, s.Model),
        ValueViewSlice s => ValueEmitter.EmitView(s.Head, s.Name, s.Value),
        ModelSlice s => ModelEmitter.Emit(s.Head, s.Model),
        ViewSlice s => ViewEmitter.Emit(s.Head, s.Model),
        _ => throw new InvalidOperationException("no emitter for " + slice.GetType().Name),
    };
}
