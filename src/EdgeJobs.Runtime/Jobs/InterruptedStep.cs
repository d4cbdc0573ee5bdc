namespace EdgeJobs.Runtime;

/// <summary>What the agent does with a step that a power cut, a reboot or the end of the agent interrupted.</summary>
public enum InterruptedStep
{
    /// <summary>Run it again from the start, like the AWS IoT Device Client, whose reboot handler relies on that.</summary>
    Rerun,

    /// <summary>The step has failed.</summary>
    Fail,

    /// <summary>The step has succeeded: for a step that reboots the board.</summary>
    Skip,
}
