using System.Linq;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits what handlers of jobs are registered by: the table of job operations, and each document's link to its own.</summary>
internal static class JobOperationsEmitter
{
    public static string EmitTable(JobOperationsSlice slice)
    {
        SourceWriter w = slice.Types.Any(t => t is UnionModel)
            ? CSharp.File(slice.Head, "System", "System.Collections.Generic")
            : CSharp.File(slice.Head, "System.Collections.Generic");
        CSharp.Summary(w, "What job documents can ask a board for, after " + slice.Head.Title + ".");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public static class " + JobOperationsSlice.ClassName(slice.Head)))
        {
            ShapeEmitter shapes = new(w, slice.Types);
            foreach (TypeModel type in slice.Types.Where(t => t is ObjectModel or UnionModel))
            {
                w.Line();
                shapes.EmitField(type);
            }

            foreach (JobOperationModel operation in slice.Operations)
            {
                w.Line();
                CSharp.Summary(w, CSharp.Or(operation.Description, "The job operation `" + operation.Id + "`."));
                string value = operation.Value.Length == 0 ? "value: null" : CSharp.Literal(operation.Value);
                w.Line("public static JobOperation<" + operation.Document + "> " + operation.Name + " { get; } = new("
                    + CSharp.Literal(operation.Id) + ", " + CSharp.Literal(operation.Member) + ", " + value + ", " + ShapeEmitter.FieldOf(operation.Document) + ");");
            }

            w.Line();
            w.Line("/// <summary>All of them, in the order of the spec.</summary>");
            w.Line("public static IReadOnlyList<JobOperation> All { get; } = [" + string.Join(", ", slice.Operations.Select(o => o.Name)) + "];");
        }

        return w.ToString();
    }

    public static string EmitDocument(JobDocumentSlice slice)
    {
        SourceWriter w = CSharp.File(slice.Head);
        using (w.Open("public sealed partial record " + slice.Document + " : IJobDocument<" + slice.Document + ">"))
        {
            w.Line("/// <inheritdoc/>");
            w.Line("public static JobOperation<" + slice.Document + "> JobOperation => " + JobOperationsSlice.ClassName(slice.Head) + "." + slice.Operation + ";");
        }

        return w.ToString();
    }
}
