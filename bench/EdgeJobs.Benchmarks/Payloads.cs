using System.Buffers;
using System.Text;
using EdgeJobs.Protocol;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Benchmarks;

/// <summary>The messages that the benchmarks read and write, of realistic shape and size.</summary>
internal static class Payloads
{
    public const string Thing = "edge-dev-01";
    public const string JobId = "fw-2-1-0";
    public const string Token = "5f0c2a9e00000017";
    public const string StartNextTopic = $"$aws/things/{Thing}/jobs/start-next";
    public const string StartNextAcceptedTopic = $"{StartNextTopic}/accepted";
    public const string UpdateTopic = $"$aws/things/{Thing}/jobs/{JobId}/update";
    public const string UpdateAcceptedTopic = $"{UpdateTopic}/accepted";

    /// <summary>A get/accepted of DescribeJobExecution whose job document has about the given number of bytes.</summary>
    public static byte[] DescribeAccepted(int documentBytes)
    {
        StringBuilder document = new("""{"version":"1.0","includeStdOut":"true","steps":[""");
        for (int step = 0; document.Length < documentBytes - 20; step++)
        {
            document.Append(step == 0 ? "" : ",").Append(System.Globalization.CultureInfo.InvariantCulture,
                $$$"""{"action":{"name":"Download-File-{{{step}}}","type":"runHandler","input":{"handler":"download-file.sh","args":["https://files.example.com/fw/app-2.1.{{{step}}}.bin","/var/lib/app/app-2.1.{{{step}}}.bin"],"path":"default"},"runAsUser":"app"}}""");
        }

        document.Append("]}");
        return Encoding.UTF8.GetBytes(
            """{"clientToken":"5f0c2a9e00000017","timestamp":1795400030,"execution":{"jobId":"fw-2-1-0","status":"IN_PROGRESS","statusDetails":{"step":"1/3","name":"Download-File"},"queuedAt":1795400010,"startedAt":1795400030,"lastUpdatedAt":1795400030,"approximateSecondsBeforeTimedOut":1800,"versionNumber":2,"executionNumber":1,"jobDocument":"""
            + document + "}}");
    }

    /// <summary>The job document that runs <c>/bin/true</c>.</summary>
    public static byte[] TrueDocument() =>
        """{"version":"1.0","steps":[{"action":{"name":"Do nothing","type":"runCommand","input":{"command":"/bin/true"}}}]}"""u8.ToArray();

    /// <summary>A start-next/accepted with that document.</summary>
    public static byte[] StartNextAccepted() =>
    [
        .. """{"clientToken":"5f0c2a9e00000017","timestamp":1795400030,"execution":{"jobId":"fw-2-1-0","status":"IN_PROGRESS","queuedAt":1795400010,"startedAt":1795400030,"lastUpdatedAt":1795400030,"versionNumber":2,"executionNumber":1,"jobDocument":"""u8,
        .. TrueDocument(),
        .. "}}"u8,
    ];

    /// <summary>An update/accepted.</summary>
    public static byte[] UpdateAccepted() => """{"clientToken":"5f0c2a9e00000017","timestamp":1795400031}"""u8.ToArray();

    /// <summary>The update that reports the end of that job.</summary>
    public static UpdateJobExecutionRequest Update() => new()
    {
        Status = JobExecutionUpdateStatus.Succeeded,
        StatusDetails = new([new("reason", "the step succeeded")]),
        ExpectedVersion = 3,
        ExecutionNumber = 1,
    };

    /// <summary>A PUBLISH of QoS 1.</summary>
    public static MqttPublishPacket Publish(string topic, byte[] payload) => new()
    {
        Topic = topic,
        Payload = new ReadOnlySequence<byte>(payload),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        PacketIdentifier = 7,
    };

    /// <summary>MQTTnet's codec of MQTT 5, with buffers as its client has them.</summary>
    public static MqttPacketFormatterAdapter Codec() => new(MqttProtocolVersion.V500, new MqttBufferWriter(4096, 65535));

    /// <summary>A packet as the server sends it.</summary>
    public static byte[] Bytes(MqttPacket packet) => [.. Codec().Encode(packet).Join()];
}
