using System.Text;
using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Output;

public sealed class JobArchiveTests : IDisposable
{
    private const int MaxBytes = 1000;
    private readonly TestDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private string Job => Path.Combine(_directory["jobs"], "job-1-3");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Output_and_result_of_a_step_are_saved()
    {
        using StepRunnerFixture steps = Archiving(Archive());
        StepResult result = await steps.ShellAsync("echo out; printf err >&2; exit 3");
        Assert.Equal((StepEnd.Exited, 3, "out", "err"), (result.End, result.Code, result.StdOut, result.StdErr));
        Assert.Equal("out\n", await File.ReadAllTextAsync(Path.Combine(Job, "2.stdout")));
        Assert.Equal("err", await File.ReadAllTextAsync(Path.Combine(Job, "2.stderr")));
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(Job, "job.jsonl"));
        Assert.Equal(("""{"order":1}""", 3), (lines[0], lines.Length));
        using JsonDocument begun = JsonDocument.Parse(lines[1]);
        Assert.Equal(("test", false), (begun.RootElement.GetProperty("name").GetString(), begun.RootElement.TryGetProperty("end", out _)));
        using JsonDocument json = JsonDocument.Parse(lines[2]);
        JsonElement step = json.RootElement;
        Assert.Equal("exit code 3", step.GetProperty("description").GetString());
        Assert.Equal(
            (2, 5, 3), (step.GetProperty("step").GetInt32(), step.GetProperty("of").GetInt32(), step.GetProperty("exitCode").GetInt32()));
        Assert.Equal("2026-01-02T03:04:05+00:00", step.GetProperty("startedAt").GetString());
        Assert.Equal(4, step.GetProperty("stdout").GetProperty("bytes").GetInt32());
        Assert.Equal(["2.stderr", "2.stdout", "job.jsonl"], Directory.GetFiles(Job).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Job));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Job, "2.stdout")));
    }

    [Fact]
    public async Task Long_output_is_saved_with_its_beginning_and_end()
    {
        using StepRunnerFixture steps = Archiving(Archive());
        await steps.ShellAsync("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
        string text = await File.ReadAllTextAsync(Path.Combine(Job, "2.stdout"));
        Assert.StartsWith("line 0\nline 1\n", text, StringComparison.Ordinal);
        Assert.EndsWith("line 19998\nline 19999\n", text, StringComparison.Ordinal);
        Assert.Contains("\n[edgejobs: 207890 bytes left out]\n", text, StringComparison.Ordinal);
        Assert.Equal(MaxBytes, text.Length - "\n[edgejobs: 207890 bytes left out]\n".Length);
        Assert.False(File.Exists(Path.Combine(Job, "2.stdout.tail")));
    }

    [Fact]
    public void Output_file_is_correct_for_all_sizes_of_output_and_reads()
    {
        byte[] output = [.. Enumerable.Range(0, 60).Select(i => (byte)('0' + i))];
        for (int length = 0; length <= output.Length; length++)
        {
            for (int read = 1; read <= 25; read++)
            {
                string path = _directory["file"];
                using OutputFile file = new(_directory.Path, "file", 20);
                for (int at = 0; at < length; at += read)
                {
                    file.Append(output.AsSpan(at, Math.Min(read, length - at)));
                }

                file.Finish();
                string all = Encoding.ASCII.GetString(output, 0, length);
                string expected = length <= 20 ? all : $"{all[..10]}\n[edgejobs: {length - 20} bytes left out]\n{all[^10..]}";
                Assert.Equal(expected, length == 0 ? "" : File.ReadAllText(path));
                Assert.Equal((length, Math.Max(0, length - 20)), (file.Total, file.Dropped));
            }
        }
    }

    [Fact]
    public async Task Full_disk_does_not_affect_the_step()
    {
        using OutputFile full = new("/dev", "full", 20);
        full.Append("some"u8);
        full.Append("more"u8);
        full.Finish();
        Assert.Equal((8, 8), (full.Total, full.Dropped));
        Assert.Contains("space", full.Fault, StringComparison.OrdinalIgnoreCase);

        // Even root can't create anything below a file.
        LineLogger logger = new();
        string file = _directory.Write("file", "");
        using StepRunnerFixture steps = new(with: o => o with
        {
            Archive = new JobArchive(Path.Combine(file, "jobs"), MaxBytes, 2, _time),
            Logger = logger
        });
        StepResult result = await steps.ShellAsync("echo out; exit 3");
        Assert.Equal((StepEnd.Exited, 3, "out"), (result.End, result.Code, result.StdOut));
        Assert.StartsWith(
            "Warning: step 2 'test': its output is not saved completely: ", Assert.Single(logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_last_jobs_are_saved_independent_of_the_clock()
    {
        foreach (string job in (string[])["a", "b", "a", "c", "d"])
        {
            using StepArchive? step = Archive().Begin(Step(job), out string? fault);
            Assert.Null(fault);
        }

        Assert.Equal(["c-1", "d-1"], Directory.GetDirectories(_directory["jobs"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_of_the_oldest_job_is_in_the_directory_of_a_new_one(bool hasTwoSteps)
    {
        JobArchive archive = Archive();
        foreach (string job in (string[])["a", "b", "c", "d"])
        {
            for (int number = 1; number <= (hasTwoSteps ? 2 : 1); number++)
            {
                using StepArchive? step = archive.Begin(Step(job) with { Number = number }, out string? fault);
                Assert.Null(fault);
                if (job is "a" or "b")
                {
                    // More than the file's half: there is a tail, and the process ends before it is joined.
                    step!.AppendOut(new byte[MaxBytes]);
                    step.AppendErr("bad"u8);
                }
            }
        }

        Assert.Equal(["c-1", "d-1"], Directory.GetDirectories(_directory["jobs"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach ((string job, long order) in ((string, long)[])[("c-1", 3), ("d-1", 4)])
        {
            string directory = Path.Combine(_directory["jobs"], job);
            Assert.Equal(["job.jsonl"], Directory.GetFileSystemEntries(directory).Select(Path.GetFileName));
            Assert.Equal(order, JobRecord.Read(directory).Number);
            Assert.Equal(hasTwoSteps ? 2 : 1, JobRecord.Read(directory).Steps.Count);
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(directory).UnixFileMode);
        }
    }

    [Fact]
    public async Task Second_attempt_replaces_the_first()
    {
        using StepRunnerFixture steps = Archiving(Archive());
        await steps.ShellAsync("echo first; echo bad >&2");
        await steps.ShellAsync("echo 2nd");
        Assert.Equal("2nd\n", await File.ReadAllTextAsync(Path.Combine(Job, "2.stdout")));
        Assert.False(File.Exists(Path.Combine(Job, "2.stderr")));
    }

    [Fact]
    public async Task Outcome_of_a_job_is_saved()
    {
        JobArchive archive = Archive();
        using StepRunnerFixture steps = Archiving(archive);
        await steps.ShellAsync("exit 3");
        Assert.Null(archive.Finish(new JobKey("job-1", 3), new Outcome(JobExecutionUpdateStatus.Failed, "step 2 of 5 failed",
            ValueMap<string>.Empty)));
        Assert.Null(archive.Finish(new JobKey("another", 1),
            new Outcome(JobExecutionUpdateStatus.Rejected, "no step of it has run", ValueMap<string>.Empty)));
        JobRecord record = JobRecord.Read(Job);
        Assert.Contains(new("status", "\"FAILED\""), record.Result);
        Assert.Contains(new("reason", "\"step 2 of 5 failed\""), record.Result);
        Assert.Contains(new("exitCode", "3"), record.Steps[2]);
        Assert.False(Directory.Exists(Path.Combine(_directory["jobs"], "another-1")));
    }

    [Fact]
    public void Complete_lines_of_a_truncated_record_count_and_later_lines_are_read()
    {
        const string First = """{"order":4}""" + "\n" + """{"step":1,"end":"exited"}""" + "\n" + """{"status":"FAI""";
        for (int length = 0; length <= First.Length; length++)
        {
            Directory.CreateDirectory(Job);
            File.WriteAllText(Path.Combine(Job, "job.jsonl"), First[..length]);
            JobRecord before = JobRecord.Read(Job);
            Assert.Empty(before.Result);

            // The restarted agent continues the job.
            JobArchive archive = Archive();
            using StepArchive? step = archive.Begin(Step("job-1") with { ExecutionNumber = 3 }, out string? fault);
            Assert.Null(fault);
            Assert.Null(archive.Finish(new JobKey("job-1", 3),
                new Outcome(JobExecutionUpdateStatus.Succeeded, "well", ValueMap<string>.Empty)));
            JobRecord after = JobRecord.Read(Job);
            Assert.Equal(1, after.Number);
            Assert.Contains(new("name", "\"n\""), after.Steps[1]);
            Assert.Contains(new("status", "\"SUCCEEDED\""), after.Result);
        }
    }

    private static StepRunnerFixture Archiving(JobArchive archive) => new(with: o => o with { Archive = archive });

    private static StepContext Step(string job) =>
        new("pump-7", job, 1, 1, 1, new StepPlan { Name = "n", Action = new StepAction.RunCommand(["true"]) });

    private JobArchive Archive() => new(_directory["jobs"], MaxBytes, 2, _time);
}
