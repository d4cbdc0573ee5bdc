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

        StepPlan[] read = count == plans.Length ? plans : plans[..count];
        bool undoes = !DocumentMembers.TryGetSet(document, "rollback", out _) || DocumentMembers.Flag(document, "", "rollback", faults);
        return new JobPlan
        {
            Steps = WithRollbacks(read, undoes, steps, faults),
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

    /// <summary>Adds the steps that undo the installations, the last one first.</summary>
    private static StepPlan[] WithRollbacks(StepPlan[] plans, bool undoes, JsonElement steps, FaultList faults)
    {
        List<StepPlan>? rollbacks = null;
        for (int i = plans.Length - 1; i >= 0; i--)
        {
            if (plans[i].Action is not StepAction.Install install)
            {
                continue;
            }

            rollbacks ??= [];
            if (rollbacks.Exists(r => IsSamePlace(((StepAction.Rollback)r.Action).Of, install)))
            {
                // A rollback knows one version to go back to.
                string twice = install.Package is { } package ? $"the package {package} twice" : $"two versions into {install.Directory}";
                faults.Add("steps", $"install {twice}; use a job for each", steps);
            }

            rollbacks.Add(new StepPlan { Name = $"rollback of {plans[i].Name}", Action = new StepAction.Rollback(install, i) });
        }

        return rollbacks is not null && undoes ? [.. plans, .. rollbacks] : plans;
    }

    private static bool IsSamePlace(StepAction.Install one, StepAction.Install other) =>
        one.Directory == other.Directory && one.Package == other.Package;
}
