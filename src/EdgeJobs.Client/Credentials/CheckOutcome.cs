namespace EdgeJobs.Client;

/// <summary>How a check ended.</summary>
public enum CheckOutcome
{
    /// <summary>All is well.</summary>
    Passed,

    /// <summary>It works now, and should be mended all the same.</summary>
    Warning,

    /// <summary>No connection is made.</summary>
    Failed,

    /// <summary>There is nothing to look at, or an earlier fault hides it.</summary>
    Skipped,
}
