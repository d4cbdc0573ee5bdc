using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Documents of the schema without a version: one handler.</summary>
/// <param name="findFault">Returns why a handler can't run, or null if it can; null to leave that check to the step.</param>
internal sealed class LegacyDocument(Func<StepAction.RunHandler, string?>? findFault) : DocumentKind(JobsJobOperations.Handler)
{
    public override JobPlan? Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults)
    {
        IReadOnlyList<string> arguments = DocumentMembers.Texts(document, "", "args", faults);
        string? path = DocumentMembers.Text(document, "", "path", faults);
        int? allowStdErr = DocumentMembers.Count(document, "", "allowStdErr", faults);
        bool includeStdOut = DocumentMembers.Flag(document, "", "includeStdOut", faults);
        if (DocumentMembers.Text(document, "", "operation", faults) is not { } operation)
        {
            return null;
        }

        StepAction.RunHandler handler = new(operation, arguments, path, PassesUser: false);
        if (faults.IsEmpty && findFault?.Invoke(handler) is { } fault)
        {
            string message = $"'{StatusText.Head(operation)}' is neither an operation of this agent nor a handler: {fault}";
            faults.Add("operation", message, document.GetProperty("operation"));
        }

        StepPlan step = new() { Name = operation, Action = handler, AllowStdErr = allowStdErr };
        return new JobPlan { Steps = [step], IncludeStdOut = includeStdOut, IsLegacy = true };
    }
}
