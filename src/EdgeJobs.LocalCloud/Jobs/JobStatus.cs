namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>Where a job stands.</summary>
internal enum JobStatus
{
    /// <summary>Executions are queued, under way, or (CONTINUOUS) may yet come.</summary>
    InProgress,

    /// <summary>A SNAPSHOT job whose executions have all ended.</summary>
    Completed,

    /// <summary>Canceled by an operator.</summary>
    Canceled,
}

/// <summary>Whether a job also reaches things that join its target groups later.</summary>
internal enum TargetSelection
{
    /// <summary>Only the things that are targets when the job is made.</summary>
    Snapshot,

    /// <summary>Also things that join a target group later; never COMPLETED by itself.</summary>
    Continuous,
}

/// <summary>AWS's spelling of the two enumerations.</summary>
internal static class JobNames
{
    /// <summary>IN_PROGRESS, COMPLETED or CANCELED.</summary>
    public static string ToWireString(this JobStatus status) => status switch
    {
        JobStatus.InProgress => "IN_PROGRESS",
        JobStatus.Completed => "COMPLETED",
        _ => "CANCELED",
    };

    /// <summary>SNAPSHOT or CONTINUOUS.</summary>
    public static string ToWireString(this TargetSelection selection) =>
        selection == TargetSelection.Snapshot ? "SNAPSHOT" : "CONTINUOUS";

    /// <summary>Reads what <see cref="ToWireString(JobStatus)"/> writes.</summary>
    public static bool TryParse(string? text, out JobStatus status)
    {
        status = text switch
        {
            "COMPLETED" => JobStatus.Completed,
            "CANCELED" => JobStatus.Canceled,
            _ => JobStatus.InProgress,
        };
        return text is "IN_PROGRESS" or "COMPLETED" or "CANCELED";
    }

    /// <summary>Reads what <see cref="ToWireString(TargetSelection)"/> writes.</summary>
    public static bool TryParse(string? text, out TargetSelection selection)
    {
        selection = text == "CONTINUOUS" ? TargetSelection.Continuous : TargetSelection.Snapshot;
        return text is "SNAPSHOT" or "CONTINUOUS";
    }
}
