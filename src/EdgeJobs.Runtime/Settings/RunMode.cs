namespace EdgeJobs.Runtime.Settings;

/// <summary>When the agent exits.</summary>
internal enum RunMode
{
    Forever,

    /// <summary>When no job is pending.</summary>
    Once,

    /// <summary>When the job of one id is done.</summary>
    SingleJob,
}
