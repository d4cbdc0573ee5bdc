using System.Buffers;
using BenchmarkDotNet.Attributes;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>A job of one step from its document to its outcome, without the step's process.</summary>
public class JobBenchmarks : IDisposable
{
    private const string Line = "job fw-2-1-0 step 1/3 'Download-File' succeeded: exit code 0";
    private const string SecretLine =
        "job fw-2-1-0 can't fetch https://files.example.com/app.bin?X-Amz-Signature=0123456789abcdef&X-Amz-Expires=60";
    private const long Ask = 7;

    private static readonly JobKey Key = new(Payloads.JobId, 1);

    private readonly byte[] _document = Payloads.TrueDocument();
    private readonly DocumentResult _read;
    private readonly StepResult _result = new() { End = StepEnd.Exited, Duration = TimeSpan.FromMilliseconds(3) };
    private readonly JournalEntry[] _entries;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly TransitionBuilder _builder = new();
    private readonly JobState _asking =
        JobMachine.Start(RunMode.Forever) with { IsConnected = true, HasListed = true, ClaimId = Ask, LastId = Ask };

    private readonly string _directory = Directory.CreateTempSubdirectory("edgejobs-bench").FullName;
    private readonly JournalFile _journal;
    private JobState _state;
    private long _update;
    private long _run;
    private long _next;

    public JobBenchmarks()
    {
        _read = JobDocumentReader.BuiltIn.Read(_document);
        _entries =
        [
            new JournalEntry.Pair(
                new JournalEntry.Claimed(Key, 2, 1795400010, Payloads.Thing, _document), new JournalEntry.AttemptStarted(0, 1)),
            new JournalEntry.Pair(
                new JournalEntry.StepEnded(0, _result, string.Empty),
                new JournalEntry.OutcomeDecided(StatusReport.Succeeded(_read.Plan!, [_result]))),
        ];
        _journal = JournalFile.Open(_directory);
        _journal.Write(_entries[0]);
    }

    [GlobalSetup]
    public void Check()
    {
        if (Turns() != 7 || _state.ClaimId == 0 || _state.ClaimId != _next || _state.Job is not null)
        {
            throw new InvalidOperationException("the job did not come to its end");
        }
    }

    [Benchmark(Description = "job document read and checked")]
    public bool ReadDocument() => JobDocumentReader.BuiltIn.Read(_document).IsValid;

    [Benchmark(Description = "state machine: an execution is offered")]
    public int Offer()
    {
        _state = _asking;
        return Play(Offered());
    }

    [Benchmark(Description = "state machine: all turns of a job, with their events")]
    public int Turns()
    {
        _state = _asking;
        return Play(Offered())
            + Play(new JobEvent.UpdateCompleted(_update, RequestResult.Accepted, null))
            + Play(new JobEvent.StepCompleted(_run, _result))
            + Play(new JobEvent.UpdateCompleted(_update, RequestResult.Accepted, null));
    }

    [Benchmark(Description = "journal: all records of a job encoded")]
    public int EncodeRecords()
    {
        _buffer.ResetWrittenCount();
        foreach (JournalEntry entry in _entries)
        {
            JournalFormat.Append(_buffer, entry);
        }

        return _buffer.WrittenCount;
    }

    [Benchmark(Description = "journal: an execution taken, on the disk")]
    public string? WriteRecord() => _journal.Write(_entries[0]);

    [Benchmark(Description = "log: a line without secrets redacted")]
    public int Redact() => Redaction.Of(Line).Length;

    [Benchmark(Description = "log: a presigned URL redacted")]
    public int RedactSecret() => Redaction.Of(SecretLine).Length;

    [GlobalCleanup]
    public void Dispose()
    {
        _journal.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private JobEvent.ExecutionFetched Offered() =>
        new(
            Ask,
            RequestResult.Accepted,
            new ExecutionOffer(Key, JobExecutionStatus.InProgress, 2, _read) { QueuedAt = 1795400010, Json = _document });

    /// <summary>Handles an event and the journal entries that it causes, as the loop of the agent does.</summary>
    /// <returns>The number of transitions.</returns>
    private int Play(JobEvent? jobEvent)
    {
        int turns = 0;
        for (; jobEvent is not null; turns++)
        {
            _builder.Begin(_state);
            JobMachine.Next(_builder, jobEvent);
            _state = _builder.State;
            jobEvent = null;
            for (int i = 0; i < _builder.Commands.Count; i++)
            {
                switch (_builder.Commands[i])
                {
                    case JobCommand.Journal { WriteId: not 0 } written:
                        jobEvent = new JobEvent.Journaled(written.WriteId, null);
                        break;
                    case JobCommand.RunStep run:
                        _run = run.RunId;
                        break;
                    case JobCommand.Update update:
                        _update = update.RequestId;
                        break;
                    case JobCommand.StartNext next:
                        _next = next.RequestId;
                        break;
                }
            }
        }

        return turns;
    }
}
