namespace EdgeJobs.Runtime.Jobs;

/// <summary>The content of a valid job document. Immutable.</summary>
internal sealed record JobPlan
{
    /// <summary>
    /// The steps in the order in which they run; the first failure ends the job. The last one may be the document's <c>finalStep</c>, which
    /// runs if all steps have succeeded.
    /// </summary>
    public required IReadOnlyList<StepPlan> Steps { get; init; }

    /// <summary>The board must meet all of them, or no step runs.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Whether the outcome includes the end of stdout.</summary>
    public bool IncludeStdOut { get; init; }

    /// <summary>Whether the document has the schema without a version (<c>operation</c>, <c>args</c>).</summary>
    public bool IsLegacy { get; init; }
}
