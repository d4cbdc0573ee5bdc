using System.Globalization;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent with a server that violates MQTT, over TLS: the agent keeps running, its memory is bounded, and it logs one
/// line for each violation.
/// </summary>
public sealed class UnrulyBrokerTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>The memory limit of docs/design/connection.md, in kB.</summary>
    private const int MemoryBound = 32_000;

    private const string Thing = "pump-7";
    private const string Jobs = "$aws/things/pump-7/jobs/";
    private const string OneStep =
        """{"version":"1.0","steps":[{"action":{"name":"s","type":"runCommand","input":{"command":"true"}}}]}""";

    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_protocol_violation_closes_only_the_connection()
    {
        (string Name, byte[] Bytes, string Line)[] faults =
        [
            ("no-length", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "the server has sent a packet whose length does not end"),
            ("too-large", [0x30, 0xFF, 0xFF, 0xFF, 0x7F], "the server has sent a packet of 268435460 bytes; the limit is 139264"),
            ("cut-short", [0x30, 0x04, 0x00, 0xC8, 0x61, 0x62], "the server has sent a malformed packet (0x30, 6 bytes)"),
            ("no-type", [0x00, 0x00], "the server has sent a malformed packet (0x00, 2 bytes)"),
            ("bad-property", [0x30, 0x05, 0x00, 0x01, 0x61, 0x01, 0x7E], "the server has sent a malformed packet (0x30, 7 bytes)"),
            ("no-topic", [0x30, 0x03, 0x00, 0x00, 0x00], "the server has sent a message without a topic"),
            ("qos-2", [0x34, 0x06, 0x00, 0x01, 0x61, 0x00, 0x01, 0x00], "the server has sent a message of QoS 2"),
            ("puback", [0x40, 0x02, 0x77, 0x77], "the server has sent PUBACK for a packet that was not sent (id 30583)"),
            ("suback", [0x90, 0x04, 0x77, 0x77, 0x00, 0x01], "the server has sent SUBACK for a packet that was not sent (id 30583)"),
            ("pubrec", [0x50, 0x02, 0x00, 0x01], "the server has sent PUBREC, which is not expected now"),
            ("pubrel", [0x62, 0x02, 0x00, 0x01], "the server has sent PUBREL, which is not expected now"),
            ("connack", [0x20, 0x03, 0x00, 0x00, 0x00], "the server has sent CONNACK, which is not expected now"),
            ("connect", [0x10, 0x02, 0x00, 0x00], "the server has sent CONNECT, which is not expected now"),
            ("subscribe", [0x82, 0x02, 0x00, 0x01], "the server has sent SUBSCRIBE, which is not expected now"),
            ("auth", [0xF0, 0x02, 0x18, 0x00], "the server has sent AUTH, which is not expected now"),
            ("disconnect", [0xE0, 0x02, 0xEE, 0x00], "the server closed the connection: 0xEE (unknown code)"),
            ("garbage", [.. Enumerable.Range(0, 500).Select(i => (byte)(i * 37))], "disconnected: "),
        ];
        using TestCertificates certificates = new(_directory.Path);
        CertificateFiles server = certificates.IssueServer();
        await Task.WhenAll(faults.Select(async fault =>
        {
            // The first two connections get the fault after their first request; the third one works and has a job.
            await using UnrulyBroker broker = UnrulyBroker.Start(
                async (line, frame) =>
                {
                    if (frame.Type != MqttFrame.Publish || line.Number > 2)
                    {
                        line.Document = frame.Topic.EndsWith("/get", StringComparison.Ordinal) ? OneStep : line.Document;
                        return false;
                    }

                    await line.SendAsync(fault.Bytes);
                    return true;
                },
                server);
            ChildResult agent = await RunOnceAsync(broker, certificates, fault.Name);
            Assert.True(agent.ExitCode == 0, agent.ToString());
            Assert.True(
                agent.Errors.Split('\n')
                    .Count(l => l.Contains("disconnected: ", StringComparison.Ordinal)
                        && l.Contains(fault.Line, StringComparison.Ordinal)) == 2,
                agent.ToString());
            Assert.Contains("job-1", agent.Errors, StringComparison.Ordinal);
        }));
    }

    /// <summary>
    /// The limits that a server may state in CONNACK, and Mosquitto does not. The service's reply comes before the PUBACK.
    /// </summary>
    [Fact]
    public async Task A_job_runs_within_the_limits_of_the_server()
    {
        // Receive Maximum 1, Topic Alias Maximum 8, Server Keep Alive 30 s, Maximum Packet Size 64 KB, Maximum QoS 1, no retain.
        byte[] properties = [0x21, 0, 1, 0x22, 0, 8, 0x13, 0, 30, 0x27, 0, 1, 0, 0, 0x24, 1, 0x25, 0];
        using TestCertificates certificates = new(_directory.Path);
        int published = 0;
        byte[]? held = null;
        bool isExceeded = false;
        await using UnrulyBroker broker = UnrulyBroker.Start(
            async (line, frame) =>
            {
                switch (frame.Type)
                {
                    case MqttFrame.Connect:
                        await line.SendAsync(MqttFrame.Of(0x20, [0, 0, (byte)properties.Length, .. properties]));
                        return true;
                    case MqttFrame.Publish:
                        published++;
                        isExceeded |= held is not null;
                        held = [(byte)(frame.PacketId >> 8), (byte)frame.PacketId];
                        line.Document = frame.Topic.EndsWith("/get", StringComparison.Ordinal) ? OneStep : line.Document;
                        await line.ReplyAsync(frame);
                        return true;
                    case MqttFrame.Acknowledge when held is not null:
                        await line.SendAsync(MqttFrame.Of(0x40, held));
                        held = null;
                        return true;
                    default:
                        return false;
                }
            },
            certificates.IssueServer());
        ChildResult agent = await RunOnceAsync(broker, certificates, "limits");
        Assert.True(agent.ExitCode == 0, agent.ToString());
        Assert.Contains("job-1", agent.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("disconnected: ", agent.Errors, StringComparison.Ordinal);
        Assert.False(isExceeded);
        output.WriteLine($"{published} messages\n{agent.Errors}");
    }

    [Theory]
    [InlineData("5", 1)]
    [InlineData("3", 1)]
    [InlineData("5", 0)]
    public async Task Ten_thousand_messages_exhaust_neither_memory_nor_the_log(string version, int quality)
    {
        // Valid and unreadable notifications, unknown topics, unexpected replies, deeply nested JSON; some of the maximum size.
        string deep = new('[', 10_000);
        string document = new('x', 30_000);
        string largest = "{\"a\":\"" + new string('x', 120_000) + "\"}";
        using TestCertificates certificates = new(_directory.Path);
        TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int before = 0;
        ChildProcess? agent = null;
        await using UnrulyBroker broker = UnrulyBroker.Start(
            async (line, frame) =>
            {
                if (frame.Topic.EndsWith("/start-next", StringComparison.Ordinal) && before == 0)
                {
                    before = agent!.Kilobytes("VmHWM");
                    _ = Task.Run(async () =>
                    {
                        for (int i = 0; i < 10_000; i++)
                        {
                            (string topic, string payload) = (i % 100) switch
                            {
                                10 => ("notify-next", largest),
                                20 => ("never-heard-of", "{}"),
                                30 => ("notify-next", "no JSON"),
                                40 => ("notify-next", deep),
                                50 => ("start-next/accepted", "{\"clientToken\":\"x\"}"),
                                60 => ("get/accepted", "{\"clientToken\":7,\"a\":" + deep),
                                70 => (
                                    "notify-next",
                                    "{\"execution\":{\"jobId\":\"job-" + i + "\",\"jobDocument\":{\"a\":\"" + document + "\"}}}"),
                                _ => ("notify-next", "{\"execution\":{\"jobId\":\"job-" + i + "\",\"status\":\"QUEUED\"}}"),
                            };
                            await line.PublishAsync(Jobs + topic, payload, quality);
                        }

                        over.SetResult();
                    });
                }

                return false;
            },
            certificates.IssueServer());
        await using (agent = Start(broker, certificates, "flooded", "--mqtt_version", version))
        {
            await Wait.ForAsync(over.Task, "the end of the flood");
            await agent.WaitUntilAsync(
                () => Task.FromResult(agent.Errors.Contains("no job is pending", StringComparison.Ordinal)),
                "the agent's rest");
            int after = agent.Kilobytes("VmHWM");
            output.WriteLine($"VmHWM {before} kB before, {after} kB after 10,000 messages of QoS {quality}");
            Assert.InRange(after, before, MemoryBound);
            agent.AskToEnd();
            ChildResult end = await agent.WaitForExitAsync();
            Assert.True(end.ExitCode == 0, end.ToString());

            // One line of each kind: repeated messages are not logged.
            string[] kinds = ["notify-next can't be read: ", ": no operation uses this topic", ": no request waits for it"];
            foreach (string kind in kinds)
            {
                Assert.InRange(end.Errors.Split('\n').Count(l => l.Contains(kind, StringComparison.Ordinal)), 1, 3);
            }

            Assert.InRange(end.Errors.Split('\n').Length, 5, 15);
        }
    }

    private async Task<ChildResult> RunOnceAsync(UnrulyBroker broker, TestCertificates certificates, string name)
    {
        await using ChildProcess agent = Start(broker, certificates, name, "--once");
        return await agent.WaitForExitAsync();
    }

    private ChildProcess Start(UnrulyBroker broker, TestCertificates certificates, string name, params string[] more)
    {
        CertificateFiles thing = certificates.IssueClient(Thing);
        return AgentBinary.X64.Start(
            [
                "run", "--endpoint", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{broker.Port}"), "--thing_name", Thing,
                "--cert", thing.Certificate, "--key", thing.Key, "--ca_file", certificates.CaFile, "--data_dir", _directory[name],
                .. more,
            ]);
    }
}
