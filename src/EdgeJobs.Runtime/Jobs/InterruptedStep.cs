namespace EdgeJobs.Runtime;

/// <summary>What becomes of a step that a power cut, a reboot or the end of the agent has interrupted.</summary>
public enum InterruptedStep
{
    /// <summary>It runs again from its beginning: what the AWS IoT Device Client does, and what its reboot handler relies on.</summary>
    Rerun,

    /// <summary>It has failed.</summary>
    Fail,

    /// <summary>It counts as succeeded: the step that reboots the board.</summary>
    Skip,
}
