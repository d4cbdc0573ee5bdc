namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The access rules of Mosquitto for things and the Jobs service; equivalent to the sample policy of AWS IoT.</summary>
internal static class MosquittoRules
{
    /// <summary>The common name in the certificate of the Jobs service.</summary>
    public const string Service = "edgejobs-cloud";

    /// <summary>%u is the common name in the certificate of the client.</summary>
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
