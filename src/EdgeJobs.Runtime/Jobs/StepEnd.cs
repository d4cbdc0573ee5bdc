namespace EdgeJobs.Runtime.Jobs;

/// <summary>How a step ended.</summary>
internal enum StepEnd
{
    /// <summary>Its program exited with a code.</summary>
    Exited,

    /// <summary>A signal ended its program.</summary>
    Signaled,

    /// <summary>A handler inside the agent returned.</summary>
    Returned,

    /// <summary>It could not be started.</summary>
    NotStarted,
}
