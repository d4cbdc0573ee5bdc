namespace EdgeJobs.Runtime.Settings;

/// <summary>When the agent ends.</summary>
public enum RunMode
{
    /// <summary>Never by itself.</summary>
    Forever,

    /// <summary>When nothing is pending.</summary>
    Once,

    /// <summary>When one job, named by its id, is done.</summary>
    SingleJob,
}
