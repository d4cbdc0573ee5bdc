using System.Buffers;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.StateMachine;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Benchmarks;

/// <summary>Each step of a job through the agent: from the message that brings it to the PUBLISH that reports its end.</summary>
public class HotPathBenchmarks : IDisposable
{
    private const string ReplyTopic = "$aws/things/edge-dev-01/jobs/start-next/accepted";
    private const string Line = "job fw-2-1-0 step 1/3 'Download-File' ended: exit code 0";
    private const string SecretLine = "job fw-2-1-0 can't fetch https://files.example.com/app.bin?X-Amz-Signature=0123456789abcdef&X-Amz-Expires=60";

    private static readonly byte[] Document = """{"version":"1.0","steps":[{"action":{"name":"Do nothing","type":"runCommand","input":{"command":"/bin/true"}}}]}"""u8.ToArray();

    private readonly byte[] _reply = Encoding.UTF8.GetBytes(
        """{"clientToken":"5f0c2a9e00000017","timestamp":1795400030,"execution":{"jobId":"fw-2-1-0","status":"IN_PROGRESS","queuedAt":1795400010,"startedAt":1795400030,"lastUpdatedAt":1795400030,"versionNumber":2,"executionNumber":1,"jobDocument":"""
        + Encoding.UTF8.GetString(Document) + "}}");

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly UpdateJobExecutionRequest _request = new()
    {
        Status = JobExecutionUpdateStatus.Succeeded,
        StatusDetails = new([new("reason", "the step succeeded")]),
        ExpectedVersion = 3,
        ExecutionNumber = 1,
    };

    private readonly MqttPacketFormatterAdapter _mqtt = new(MqttProtocolVersion.V500, new MqttBufferWriter(4096, 65535));
    private readonly MqttPublishPacket _publish = new()
    {
        Topic = "$aws/things/edge-dev-01/jobs/fw-2-1-0/update",
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        PacketIdentifier = 7,
    };

    private readonly Turn _turn = new();
    private readonly JobState _asking;
    private readonly JobEvent _offered;
    private readonly JournalEntry.Taken _taken;
    private readonly JournalEntry.Ended _ended = new(0, new StepResult { End = StepEnd.Exited, Duration = TimeSpan.FromMilliseconds(3) }, string.Empty);
    private readonly string _directory = Directory.CreateTempSubdirectory("edgejobs-bench").FullName;
    private readonly JournalFile _journal;

    public HotPathBenchmarks()
    {
        _writer = new Utf8JsonWriter(_buffer);
        JobKey key = new("fw-2-1-0", 1);
        _taken = new JournalEntry.Taken(key, 2, 1795400010, "edge-dev-01", Document);
        _journal = JournalFile.Open(_directory);
        _journal.Write(_taken);
        _asking = JobMachine.Start(RunMode.Forever) with { IsConnected = true, HasListed = true, AskId = 7, LastId = 7 };
        _offered = new JobEvent.ExecutionAnswered(
            7,
            Answer.Accepted,
            new ExecutionOffer(key, JobExecutionStatus.InProgress, 2, JobDocumentReader.BuiltIn.Read(Document)) { Json = Document });
    }

    [Benchmark(Description = "topic matched")]
    public bool Match() => JobsTopics.TryMatch(ReplyTopic, out _);

    [Benchmark(Description = "correlation: token found and read")]
    public bool Correlate() =>
        CorrelationToken.TryRead(_reply, "clientToken"u8, out JsonText token) && token.Unescape(stackalloc byte[16]).Length == 16;

    [Benchmark(Description = "reply decoded to a model")]
    public bool Decode() => StartNextPendingJobExecutionResponse.TryRead(_reply, out _, out _);

    [Benchmark(Description = "job document read and checked")]
    public bool ReadDocument() => JobDocumentReader.BuiltIn.Read(Document).IsValid;

    [Benchmark(Description = "state machine: an execution is offered")]
    public int Decide()
    {
        _turn.Begin(_asking);
        JobMachine.Next(_turn, _offered);
        return _turn.Commands.Count;
    }

    [Benchmark(Description = "journal: a record encoded")]
    public int EncodeRecord()
    {
        _buffer.ResetWrittenCount();
        JournalFormat.Append(_buffer, _ended);
        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "journal: an execution taken, on the disk")]
    public string? AppendRecord() => _journal.Write(_taken);

    [Benchmark(Description = "update checked and encoded")]
    public int Encode()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _ = _request.TryValidate(out _);
        _request.WriteTo(_writer, "5f0c2a9e00000017"u8);
        _writer.Flush();
        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "PUBLISH into MQTTnet's buffer")]
    public int Publish()
    {
        _publish.Payload = new ReadOnlySequence<byte>(_reply);
        int length = _mqtt.Encode(_publish).Length;
        _mqtt.Cleanup();
        return length;
    }

    [Benchmark(Description = "redaction: a line without secrets")]
    public int Redact() => Redaction.Of(Line).Length;

    [Benchmark(Description = "redaction: a presigned URL")]
    public int RedactSecret() => Redaction.Of(SecretLine).Length;

    [GlobalCleanup]
    public void Dispose()
    {
        _writer.Dispose();
        _journal.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }
}
