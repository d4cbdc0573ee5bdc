using System.Buffers;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Tests.Journal;

/// <summary>The agent can read everything that it writes to the journal: both sides have the same bounds.</summary>
public sealed class JournalBoundsTests : IDisposable
{
    // The maximum is three bytes of UTF-8 for one UTF-16 code unit.
    private static readonly string Long = new('\uFFFD', 300_000);
    private static readonly ValueMap<string> Many = ValueMap<string>.Wrap(
        [.. Enumerable.Range(0, 400).Select(i => new KeyValuePair<string, string>($"{i}{Long}", Long))]);
    private static readonly StepResult Huge = new()
    {
        End = StepEnd.Returned,
        Code = 1,
        Fault = Long,
        StdOut = Long[..1024],
        StdErr = Long[..1024],
        Details = Many,
    };

    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_failure_message_of_any_length_can_be_read_again()
    {
        // A handler threw an exception of 300,000 characters: the record could not be read again, and the handler ran twice.
        JournalEntry.Claimed taken = new(new JobKey("job", 1), 2, 0, "board", "{}"u8.ToArray());
        using (JournalFile journal = JournalFile.Open(_directory.Path))
        {
            Assert.Null(journal.Write(new JournalEntry.Pair(taken, new JournalEntry.AttemptStarted(0, 1))));
            Assert.Null(
                journal.Write(new JournalEntry.StepEnded(0, new StepResult { End = StepEnd.Returned, Code = 1, Fault = Long }, "")));
        }

        using JournalFile again = JournalFile.Open(_directory.Path);
        Assert.Null(again.Finding);
        Assert.False(again.State!.Value.IsRunning);
        Assert.Equal(Long[..JournalCodec.MaxText], Assert.Single(again.State.Value.Results)!.Fault);
    }

    [Fact]
    public void The_longest_possible_records_can_be_read_again()
    {
        byte[] document = new byte[MqttConnection.MaxPacketBytes];
        JournalEntry[] entries =
        [
            new JournalEntry.Pair(
                new JournalEntry.Claimed(new JobKey(new string('j', 64), long.MaxValue), long.MaxValue, long.MaxValue, new string('t', 128),
                document), new JournalEntry.AttemptStarted(0, int.MaxValue)),
            new JournalEntry.Pair(new JournalEntry.StepEnded(0, Huge, Long),
            new JournalEntry.OutcomeDecided(new Outcome(JobExecutionUpdateStatus.Failed, Long, Many))),
        ];
        ArrayBufferWriter<byte> bytes = new();
        bytes.Write(JournalFormat.Mark);
        foreach (JournalEntry entry in entries)
        {
            Assert.InRange(JournalFormat.Append(bytes, entry), 1, JournalFormat.MaxRecord);
        }

        JournalReading reading = JournalFormat.Read(bytes.WrittenSpan);
        Assert.Equal((null, 0), (reading.Fault, reading.Torn));
        Assert.Equal(document.Length, reading.State!.Value.Claim.Document.Length);
        Assert.Equal(JournalCodec.MaxDetails, reading.State.Value.Outcome!.Details.Count);
    }

    [Fact]
    public void The_longest_possible_journal_can_be_read_again()
    {
        // Steps that run a program; a job of handlers has one step. The file is rewritten when it is twice as long as its content.
        ArrayBufferWriter<byte> bytes = new();
        long step = JournalFormat.RecordHeader + JournalFormat.Append(
            bytes,
            new JournalEntry.StepEnded(0, Huge with { Details = ValueMap<string>.Empty }, Long));
        Assert.InRange(2 * ((JournalCodec.MaxSteps * step) + JournalFormat.MaxRecord), 1, JournalFormat.MaxFile - JournalFormat.MaxRecord);
    }

    [Fact]
    public void A_step_number_beyond_the_maximum_is_not_read()
    {
        Assert.InRange(
            MqttConnection.MaxPacketBytes / """{"action":{"name":"","type":"runCommand","input":{}}},""".Length,
            1,
            JournalCodec.MaxSteps);
        ArrayBufferWriter<byte> bytes = new();
        JournalCodec.Write(bytes, new JournalEntry.AttemptStarted(JournalCodec.MaxSteps + 1, 1));
        Assert.False(JournalCodec.TryRead(bytes.WrittenSpan, out _));
        bytes.Clear();
        JournalCodec.Write(bytes, new JournalEntry.AttemptStarted(JournalCodec.MaxSteps, 1));
        Assert.True(JournalCodec.TryRead(bytes.WrittenSpan, out _));
    }

    [Fact]
    public void A_record_that_could_not_be_read_again_is_not_written()
    {
        JournalEntry.Claimed taken = new(new JobKey("job", 1), 2, 0, "board", new byte[JournalFormat.MaxRecord]);
        using JournalFile journal = JournalFile.Open(_directory.Path);
        Assert.Matches(@"^the journal .*/journal can't hold a record of \d+ bytes; the maximum is 262144$", journal.Write(taken));
        Assert.Null(journal.State);
        Assert.Null(journal.Write(taken with { Document = new byte[JournalFormat.MaxRecord - 1024] }));
        Assert.Null(journal.Write(new JournalEntry.AttemptStarted(0, 1)));
        Assert.True(JournalFile.Peek(_directory.Path)!.State!.Value.IsRunning);
    }

    [Fact]
    public void A_text_is_truncated_between_characters()
    {
        ArrayBufferWriter<byte> bytes = new();
        string text = new string('x', JournalCodec.MaxText - 1) + "😀";
        JournalCodec.Write(bytes, new JournalEntry.StepEnded(0, new StepResult { End = StepEnd.NotStarted, Fault = text }, text[1..]));
        Assert.True(JournalCodec.TryRead(bytes.WrittenSpan, out JournalEntry read));
        JournalEntry.StepEnded ended = Assert.IsType<JournalEntry.StepEnded>(read);
        Assert.Equal((text[..^2], text[1..]), (ended.Result.Fault, ended.Note));
    }

    [Fact]
    public void Truncation_keeps_everything_that_a_report_shows()
    {
        Assert.True(JournalCodec.MaxText >= 2 * StatusText.MaxLength);
        Assert.True(JournalCodec.MaxDetail > StatusText.MaxLength);
        JobPlan plan = new() { Steps = [new StepPlan { Name = "s", Action = new StepAction.RunCommand(["x"]) }] };
        ArrayBufferWriter<byte> bytes = new();
        JournalCodec.Write(bytes, new JournalEntry.StepEnded(0, Huge with { Details = ValueMap<string>.Empty }, ""));
        Assert.True(JournalCodec.TryRead(bytes.WrittenSpan, out JournalEntry read));
        Assert.Equal(
            StatusReport.Failed(plan, [Huge with { Details = ValueMap<string>.Empty }]),
            StatusReport.Failed(plan, [((JournalEntry.StepEnded)read).Result]));
    }

    [Fact]
    public void The_service_accepts_the_report_of_any_handler_result()
    {
        JobPlan plan = new() { Steps = [new StepPlan { Name = Long, Action = new StepAction.RunCommand(["x"]) }] };
        string[] names = ["", "two words", "ü", "a=b", "\u0000", "\u202E", new string('n', 129), new string('n', 128), "reason", "step",
            "free:space_1-2"];
        ValueMap<string> details = ValueMap<string>.Wrap(
            [.. names.SelectMany(n => new KeyValuePair<string, string>[] { new(n, Long), new(n + "-", "\u0000\n\u202E"),
            new(n + "_", "") })]);
        StepResult result = Huge with { Details = details };
        foreach (ValueMap<string> report in (ValueMap<string>[])[
            StatusReport.Failed(plan, [result], Long).Details,
            StatusReport.Succeeded(plan, [result with { Code = 0, Fault = "" }], Long).Details,
            StatusReport.Progress(plan, 0, new StepProgress { Percent = 1, Message = Long, Values = details }),
            StatusReport.Failed(plan, [Huge]).Details,
            StatusReport.CannotResume(Long).Details,
            StatusReport.Rejected(Long).Details])
        {
            UpdateJobExecutionRequest request = new() { Status = JobExecutionUpdateStatus.Failed, StatusDetails = report };
            Assert.True(request.TryValidate(out ConstraintViolation violation), violation.ToString());
        }

        Assert.Contains(new string('n', 128), StatusReport.Failed(plan, [result]).Details.Keys);
    }

    [Fact]
    public void The_longest_topics_stay_within_the_limits_of_the_service()
    {
        string thing = new('t', 128);
        string job = new('j', 64);
        foreach (string topic in (string[])[
            JobsTopics.UpdateJobExecution(thing, job), JobsTopics.DescribeJobExecution(thing, job),
                JobsTopics.StartNextPendingJobExecution(thing),
            JobsTopics.GetPendingJobExecutions(thing), JobsTopics.RegisterThing(new string('p', 36))])
        {
            Assert.InRange((topic + "/accepted").Length, 1, 256);
            Assert.InRange((topic + "/accepted").Count(c => c == '/'), 1, 7);
        }
    }

    [Fact]
    public void A_step_beyond_the_document_ends_the_job_but_not_the_agent()
    {
        ReadOnlyMemory<byte> document =
            """{"version":"1.0","steps":[{"action":{"name":"s","type":"runCommand","input":{"command":"true"}}}]}"""u8.ToArray();
        string data = _directory["data"];
        using (DataDirectory first = DataDirectory.Open(data))
        {
            Assert.Null(first.Journal.Write(new JournalEntry.Claimed(new JobKey("job", 1), 2, 0, "board", document)));
            Assert.Null(first.Journal.Write(new JournalEntry.AttemptStarted(7, 1)));
        }

        using DataDirectory again = DataDirectory.Open(data);
        JobState state = again.Resume(
            JobMachine.Start(RunMode.Forever) with { ThingName = "board" }, "board", new JobDocumentReader([]), NullLogger.Instance);
        Assert.Equal("the journal has a step that the document does not have", state.Job!.Value.ResumeFault);
    }
}
