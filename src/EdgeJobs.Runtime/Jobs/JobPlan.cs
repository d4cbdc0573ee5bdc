namespace EdgeJobs.Runtime.Jobs;

/// <summary>What a job document asks for, checked and immutable.</summary>
public sealed record JobPlan
{
    /// <summary>
    /// The steps in the order they run; the first failure ends the job. A document's <c>finalStep</c>, which runs when all
    /// steps have succeeded, is the last of them.
    /// </summary>
    public required IReadOnlyList<StepPlan> Steps { get; init; }

    /// <summary>What the board must be for the steps to run: all of them hold, or nothing runs.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Whether the end of stdout is reported to the service.</summary>
    public bool IncludeStdOut { get; init; }

    /// <summary>Whether the document is of the schema without version (<c>operation</c>, <c>args</c>).</summary>
    public bool IsLegacy { get; init; }
}
