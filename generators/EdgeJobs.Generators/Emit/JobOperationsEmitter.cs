using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the table of job operations, and the link from each job document to its operation.</summary>
internal static class JobOperationsEmitter
{
    public static string EmitTable(JobOperationsSlice slice)
    {
        ShapeEmitter shapes = new(slice.Types);
        IEnumerable<TypeModel> types = slice.Types.Where(t => t is ObjectModel or UnionModel or ChoiceModel);
        string system = slice.Types.Any(t => t is UnionModel) ? "System" : "";
        return SourceFile.Write(slice.Head, ["EdgeJobs.Protocol", system, "System.CodeDom.Compiler", "System.Collections.Generic"], $$"""
            {{Documentation.Summary($"The job operations of {slice.Head.Title}.")}}
            {{SourceFile.GeneratedCode}}
            public static class {{JobOperationsSlice.ClassName(slice.Head)}}
            {
                {{Code.Blocks(types.Select(shapes.Field))}}

                {{Code.Blocks(slice.Operations.Select(Operation))}}

                /// <summary>All job operations, in the order of the spec.</summary>
                public static IReadOnlyList<JobOperation> All { get; } = [{{string.Join(", ", slice.Operations.Select(o => o.Name))}}];
            }
            """);
    }

    public static string EmitDocument(JobDocumentSlice slice) => SourceFile.Write(slice.Head, ["EdgeJobs.Protocol"], $$"""
        public sealed partial record {{slice.Document}} : IJobDocument<{{slice.Document}}>
        {
            /// <inheritdoc/>
            public static JobOperation<{{slice.Document}}> JobOperation => {{JobOperationsSlice.ClassName(slice.Head)}}.{{slice.Operation}};
        }
        """);

    private static Code Operation(JobOperationModel operation)
    {
        string value = operation.Value.Length == 0 ? "value: null" : Literal(operation.Value);
        string arguments = $"{Literal(operation.Id)}, {Literal(operation.Member)}, {value}, {ShapeEmitter.FieldOf(operation.Document)}";
        return $$"""
            {{Documentation.Summary(Or(operation.Description, $"The job operation `{operation.Id}`."))}}
            public static JobOperation<{{operation.Document}}> {{operation.Name}} { get; } = new({{arguments}});
            """;
    }
}
