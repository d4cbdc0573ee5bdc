using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary><c>edgejobs doctor</c> with a server that violates MQTT or closes connections: it reports the stage.</summary>
public sealed class DoctorOnUnrulyBrokerTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestCertificates _authority;
    private readonly CertificateFiles _server;
    private readonly CertificateFiles _client;

    public DoctorOnUnrulyBrokerTests()
    {
        _authority = new TestCertificates(_directory.Path);
        _server = _authority.IssueServer();
        _client = _authority.IssueClient("board-1");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Correct_server() =>
        Assert.Equal(["clock"], (await DiagnoseAsync((_, _) => ValueTask.FromResult(false))).Names("failed"));

    [Theory]
    [InlineData("20 03 00 87 00", 4, "0x87 NotAuthorized")]
    [InlineData("20 03 00 89 00", 3, "0x89")]
    [InlineData("20 03 00 EE 00", 3, "0xEE")]
    [InlineData("20 01 00", 3, "sends an invalid answer to CONNECT")]
    [InlineData("D0 00", 3, "sends an invalid answer to CONNECT")]
    [InlineData("FF FF FF FF FF FF", 3, "sends an invalid answer to CONNECT")]
    public async Task Wrong_answer_to_CONNECT(string answer, int exitCode, string said)
    {
        Diagnosis found = await DiagnoseAsync((line, frame) => AnswerAsync(line, frame, MqttFrame.Connect, answer));

        found.AssertFirstFault("connect", exitCode, said);
        Assert.Contains("subscribe", found.Names("skipped"));
    }

    [Theory]
    [InlineData("90 04 00 63 00 01", "sends an invalid answer to")]
    [InlineData("90 7F", "does not answer")]
    [InlineData("E0 02 87 00", "0x87 NotAuthorized")]
    public async Task Wrong_answer_to_SUBSCRIBE(string answer, string said)
    {
        int refused = 0;
        Diagnosis found = await DiagnoseAsync((line, frame) =>
            frame.Type == MqttFrame.Subscribe && Interlocked.Increment(ref refused) == 2
                ? AnswerAsync(line, frame, MqttFrame.Subscribe, answer)
                : ValueTask.FromResult(false));

        (string _, string outcome, string message) = found.Checks.Where(c => c.Name == "subscribe").ElementAt(1);
        Assert.Equal("failed", outcome);
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains("start-next", message, StringComparison.Ordinal);
        Assert.Equal(4, found.Checks.Count(c => c.Name == "subscribe" && c.Outcome == "passed"));
    }

    [Theory]
    [InlineData("{\"clientToken\":\"nobody's\"}")]
    [InlineData("[[[[")]
    [InlineData("{}")]
    [InlineData("deep")]
    [InlineData("huge")]
    [InlineData("{\"clientToken\":\"\uDC00\"}")]
    public async Task Reply_without_the_client_token(string reply)
    {
        Diagnosis found = await DiagnoseAsync(async (line, frame) =>
        {
            if (frame.Type != MqttFrame.Publish || !frame.Topic.EndsWith("/jobs/get", StringComparison.Ordinal))
            {
                return false;
            }

            await line.SendAsync(MqttFrame.Of(0x40, (byte)(frame.PacketId >> 8), (byte)frame.PacketId));
            await line.PublishAsync(frame.Topic + "/accepted", reply switch
            {
                "deep" => string.Concat(Enumerable.Repeat("{\"a\":", 20_000)),
                "huge" => $$"""{"timestamp":"{{new string('x', 100_000)}}"}""",
                _ => reply,
            });
            return true;
        });

        found.AssertFirstFault("get", 4, "without the clientToken of the request");
    }

    [Fact]
    public async Task Packet_above_the_size_limit()
    {
        Diagnosis found = await DiagnoseAsync(async (line, frame) =>
        {
            bool isGet = frame.Type == MqttFrame.Publish && frame.Topic.EndsWith("/jobs/get", StringComparison.Ordinal);
            if (isGet)
            {
                await line.PublishAsync(frame.Topic + "/accepted", new string(' ', 200_000));
            }

            return isGet;
        });

        found.AssertFirstFault("get", 3, "the server has sent a packet of 2000", "the limit is 139264");
    }

    [Fact]
    public async Task Ten_thousand_notifications_before_the_reply()
    {
        Diagnosis found = await DiagnoseAsync(async (line, frame) =>
        {
            bool isGet = frame.Type == MqttFrame.Publish && frame.Topic.EndsWith("/jobs/get", StringComparison.Ordinal);
            for (int i = 0; isGet && i < 10_000; i++)
            {
                await line.PublishAsync("$aws/things/board-1/jobs/notify-next", """{"timestamp":1,"execution":{}}""", quality: 0);
            }

            return false;
        });

        // The same as with a correct server.
        Assert.Equal(["clock"], found.Names("failed"));
    }

    [Fact]
    public async Task Connection_closed_at_every_request()
    {
        Diagnosis found = await DiagnoseAsync((_, frame) =>
            frame.Type == MqttFrame.Publish ? throw new IOException("cut") : ValueTask.FromResult(false));

        found.AssertFirstFault("get", 3, "the connection was lost", "iot:Publish");
        Assert.Equal(["get", "describe", "update", "start-next"], found.Names("failed"));
    }

    private static async ValueTask<bool> AnswerAsync(UnrulyLine line, MqttFrame frame, int type, string answer)
    {
        if (frame.Type != type)
        {
            return false;
        }

        await line.SendAsync(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)));
        return true;
    }

    /// <summary>Rejects requests that are not JSON, as AWS does.</summary>
    private static async ValueTask<bool> RejectAsync(UnrulyLine line, MqttFrame frame)
    {
        if (frame.Type != MqttFrame.Publish || !frame.Topic.EndsWith("/start-next", StringComparison.Ordinal))
        {
            return false;
        }

        await line.SendAsync(MqttFrame.Of(0x40, (byte)(frame.PacketId >> 8), (byte)frame.PacketId));
        await line.PublishAsync(frame.Topic + "/rejected", """{"code":"InvalidJson"}""");
        return true;
    }

    private async Task<Diagnosis> DiagnoseAsync(Func<UnrulyLine, MqttFrame, ValueTask<bool>> misbehave)
    {
        await using UnrulyBroker broker = UnrulyBroker.Start(
            async (line, frame) => await misbehave(line, frame) || await RejectAsync(line, frame), _server);
        return await Diagnosis.OfAsync(
        [
            "--endpoint", $"127.0.0.1:{broker.Port}", "--thing_name", "board-1", "--cert", _client.Certificate, "--key", _client.Key,
            "--ca_file", _authority.CaFile, "--data_dir", _directory["agent"],
        ]);
    }
}
