namespace EdgeJobs.Client.Credentials;

/// <summary>The outcome of a check.</summary>
internal enum CheckOutcome
{
    /// <summary>No fault.</summary>
    Passed,

    /// <summary>It works now and should be fixed.</summary>
    Warning,

    /// <summary>Connecting fails because of it.</summary>
    Failed,

    /// <summary>There is nothing to check, or an earlier fault prevents the check.</summary>
    Skipped,
}
