namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Mosquitto's access rules for things and the Jobs service: as much as AWS IoT's sample policy.</summary>
internal static class MosquittoRules
{
    /// <summary>The name in the Jobs service's certificate.</summary>
    public const string Service = "edgejobs-cloud";

    /// <summary>The rules; %u is the name in the client's certificate.</summary>
    public const string Text = $"""
        user {Service}
        topic readwrite $aws/#

        pattern write $aws/things/%u/jobs/get
        pattern write $aws/things/%u/jobs/start-next
        pattern write $aws/things/%u/jobs/+/get
        pattern write $aws/things/%u/jobs/+/update
        pattern read $aws/things/%u/jobs/get/+
        pattern read $aws/things/%u/jobs/start-next/+
        pattern read $aws/things/%u/jobs/+/get/+
        pattern read $aws/things/%u/jobs/+/update/+
        pattern read $aws/things/%u/jobs/notify-next

        """;
}
