namespace EdgeJobs.LocalCloud.Model;

internal enum JobStatus
{
    /// <summary>Executions are queued or in progress, or may still be added (CONTINUOUS).</summary>
    InProgress,

    /// <summary>A SNAPSHOT job whose executions have all ended.</summary>
    Completed,

    Canceled,
}

/// <summary>Whether a job also reaches things that join its target groups later.</summary>
internal enum TargetSelection
{
    /// <summary>Only the things that are targets when the job is created.</summary>
    Snapshot,

    /// <summary>Also things that join a target group later; such a job never becomes COMPLETED.</summary>
    Continuous,
}

/// <summary>The wire names of the two enumerations.</summary>
internal static class JobStatusNames
{
    public static string ToWireString(this JobStatus status) => status switch
    {
        JobStatus.InProgress => "IN_PROGRESS",
        JobStatus.Completed => "COMPLETED",
        _ => "CANCELED",
    };

    public static string ToWireString(this TargetSelection selection) =>
        selection == TargetSelection.Snapshot ? "SNAPSHOT" : "CONTINUOUS";

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

    public static bool TryParse(string? text, out TargetSelection selection)
    {
        selection = text == "CONTINUOUS" ? TargetSelection.Continuous : TargetSelection.Snapshot;
        return text is "SNAPSHOT" or "CONTINUOUS";
    }
}
