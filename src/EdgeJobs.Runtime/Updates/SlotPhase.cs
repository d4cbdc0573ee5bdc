namespace EdgeJobs.Runtime.Updates;

/// <summary>How far an update of the agent has come. The numbers are in the state file.</summary>
internal enum SlotPhase
{
    /// <summary>The next start tries the version.</summary>
    Ready = 0,

    /// <summary>It was started once, and is not confirmed yet.</summary>
    Started = 1,

    /// <summary>It does not start again.</summary>
    Failed = 2,
}
