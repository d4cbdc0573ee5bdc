namespace EdgeJobs.Runtime.Jobs;

/// <summary>The content of a valid job document. Immutable.</summary>
internal sealed record JobPlan
{
    /// <summary>
    /// The steps in the order in which they run; the first failure ends the job. The last one may be the document's <c>finalStep</c>, which
    /// runs if all steps have succeeded. Rollbacks follow, which run after a failure.
    /// </summary>
    public required IReadOnlyList<StepPlan> Steps { get; init; }

    /// <summary>The number of the document's steps: those that are no rollbacks.</summary>
    public int Count
    {
        get
        {
            int count = Steps.Count;
            while (count > 0 && Steps[count - 1].Action is StepAction.Rollback)
            {
                count--;
            }

            return count;
        }
    }

    /// <summary>The number of a step in the document, from 1; for a rollback, that of the step that it undoes.</summary>
    public int NumberOf(int index) => (Steps[index].Action is StepAction.Rollback rollback ? rollback.Index : index) + 1;

    /// <summary>The board must meet all of them, or no step runs.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Whether the outcome includes the end of stdout.</summary>
    public bool IncludeStdOut { get; init; }

    /// <summary>Whether the document has the schema without a version (<c>operation</c>, <c>args</c>).</summary>
    public bool IsLegacy { get; init; }
}
