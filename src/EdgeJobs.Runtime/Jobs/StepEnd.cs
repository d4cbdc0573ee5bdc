namespace EdgeJobs.Runtime.Jobs;

/// <summary>How a step ended.</summary>
public enum StepEnd
{
    /// <summary>It ended by itself with an exit code.</summary>
    Exited,

    /// <summary>A signal ended it.</summary>
    Signaled,

    /// <summary>It was a handler inside the agent, and returned.</summary>
    Returned,

    /// <summary>It could not be started.</summary>
    NotStarted,
}
