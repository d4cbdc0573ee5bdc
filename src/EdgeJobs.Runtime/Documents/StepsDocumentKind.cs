using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Documents of schema "1.0", which AWS's managed templates generate.</summary>
internal sealed class StepsDocumentKind() : DocumentKind(JobsJobOperations.Steps)
{
    public override JobPlan Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults)
    {
        StepReader reader = new(faults);
        List<StepPlan> plans = new(1);
        if (DocumentMembers.TryGet(document, "steps", JsonValueKind.Array, out JsonElement steps))
        {
            int index = 0;
            foreach (JsonElement step in steps.EnumerateArray())
            {
                Add(plans, reader.Read(step, faults.Place("steps", index++), isFinal: false));
            }
        }

        if (document.TryGetProperty("finalStep", out JsonElement final))
        {
            Add(plans, reader.Read(final, "finalStep", isFinal: true));
        }

        return new JobPlan
        {
            Steps = plans,
            Conditions = ConditionReader.Read(document, faults),
            IncludeStdOut = DocumentMembers.Flag(document, "", "includeStdOut", faults),
        };
    }

    private static void Add(List<StepPlan> plans, StepPlan? plan)
    {
        if (plan is not null)
        {
            plans.Add(plan);
        }
    }
}
