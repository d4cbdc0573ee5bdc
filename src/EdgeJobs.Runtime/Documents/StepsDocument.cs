using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Documents of schema "1.0", as AWS's managed templates generate them.</summary>
internal sealed class StepsDocument() : DocumentKind(JobsJobOperations.Steps)
{
    public override JobPlan Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults)
    {
        StepReader reader = new(faults);
        bool hasSteps = DocumentMembers.TryGet(document, "steps", JsonValueKind.Array, out JsonElement steps);
        bool hasFinal = document.TryGetProperty("finalStep", out JsonElement final);
        StepPlan[] plans = new StepPlan[(hasSteps ? steps.GetArrayLength() : 0) + (hasFinal ? 1 : 0)];
        int count = 0;
        if (hasSteps)
        {
            int index = 0;
            foreach (JsonElement step in steps.EnumerateArray())
            {
                if (faults.IsFull)
                {
                    break;
                }

                Add(reader.Read(step, faults.Place("steps", index++), isFinal: false));
            }
        }

        if (hasFinal)
        {
            Add(reader.Read(final, "finalStep", isFinal: true));
        }

        return new JobPlan
        {
            Steps = count == plans.Length ? plans : plans[..count],
            Conditions = ConditionReader.Read(document, faults),
            IncludeStdOut = DocumentMembers.Flag(document, "", "includeStdOut", faults),
        };

        void Add(StepPlan? plan)
        {
            if (plan is not null)
            {
                plans[count++] = plan;
            }
        }
    }
}
