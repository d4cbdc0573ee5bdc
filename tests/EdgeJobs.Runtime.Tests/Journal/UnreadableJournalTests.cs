using System.Diagnostics;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Doctor;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Linux;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Journal;

/// <summary>The agent requests no job while the journal is unreadable: the job in progress could run twice.</summary>
public sealed class UnreadableJournalTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string Journal => _directory["journal"];

    public void Dispose() => _directory.Dispose();

    [RootFact]
    public void A_journal_of_another_user_is_refused_with_the_file_and_the_command()
    {
        using (JournalFile journal = JournalFile.Open(_directory.Path))
        {
            Assert.Null(journal.Write(new JournalEntry.Claimed(new JobKey("job", 1), 2, 0, "board", "{}"u8.ToArray())));
            Assert.Null(journal.Write(new JournalEntry.AttemptStarted(1, 1)));
        }

        AsNobody.Give(_directory.Path);
        AsNobody.Run(() =>
        {
            UsageException e = Assert.Throws<UsageException>(() => DataDirectory.Open(_directory.Path));
            Assert.StartsWith(
                $"{Journal}: can't be read by the user nobody: permission denied (mode 0600, owner root); run the agent as that user, or run: sudo chown nobody {Journal}. The agent requests no jobs",
                e.Message,
                StringComparison.Ordinal);
        });
        AsNobody.Give(Journal);
        AsNobody.Run(() =>
        {
            using DataDirectory data = DataDirectory.Open(_directory.Path);
            Assert.True(data.Journal.State!.Value.IsRunning);
        });
    }

    [Fact]
    public void A_directory_in_place_of_the_journal_is_refused()
    {
        Directory.CreateDirectory(Journal);
        AssertRefused("is a directory, not a file; move it away");
    }

    [Theory]
    [InlineData("other")]
    [InlineData("missing")]
    [InlineData("journal")]
    public void A_symbolic_link_in_place_of_the_journal_is_refused(string target)
    {
        _directory.Write("other", "");
        File.CreateSymbolicLink(Journal, _directory[target]);
        AssertRefused("it is a symbolic link, which the agent does not follow; remove it");
    }

    [Fact]
    public void A_named_pipe_in_place_of_the_journal_is_refused_without_waiting_for_a_writer()
    {
        using Process mkfifo = Process.Start("mkfifo", Journal);
        mkfifo.WaitForExit();
        AssertRefused("is a named pipe, not a file; move it away");
    }

    [Fact]
    public void A_journal_that_others_may_write_is_refused()
    {
        File.WriteAllBytes(Journal, JournalFormat.Mark.ToArray());
        File.SetUnixFileMode(Journal, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        AssertRefused($"is writable by users other than its owner (mode 0602); if its content is right, run: sudo chmod 600 {Journal}");
    }

    [RootFact]
    public void A_journal_that_another_user_created_is_refused()
    {
        File.WriteAllBytes(Journal, JournalFormat.Mark.ToArray());
        AsNobody.Give(Journal);
        AssertRefused("belongs to user 65534, not to the user root; if it is the agent's, run: sudo chown root");
    }

    [Fact]
    public void A_journal_of_a_newer_version_is_refused_and_left_unchanged()
    {
        File.WriteAllText(Journal, "EDGEJOBS-JNL0002 and what else a newer version writes");
        AssertRefused("has format 0002 of another version of the agent, this version reads 0001; install that version again");
        Assert.StartsWith("EDGEJOBS-JNL0002 and", File.ReadAllText(Journal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_longer_than_the_agent_writes_is_refused_unread()
    {
        using (FileStream file = File.Create(Journal))
        {
            file.SetLength(JournalFormat.MaxFile + 1);
        }

        AssertRefused("is larger than 335544320 bytes, the limit for this file; move it away");
    }

    [Theory]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("{\"what\":\"is this\"}")]
    public void A_damaged_journal_that_names_no_job_is_refused_and_left_unchanged(string text)
    {
        File.WriteAllText(Journal, text);
        AssertRefused("is damaged (it does not start with the mark of a journal) and does not name the job in progress");
        Assert.Equal(text, File.ReadAllText(Journal));
        Assert.Empty(JournalFile.DamagedFiles(_directory.Path));
    }

    [Fact]
    public void A_valid_record_of_an_unknown_kind_is_damage_and_not_a_torn_end()
    {
        System.Buffers.ArrayBufferWriter<byte> bytes = new();
        System.Buffers.BuffersExtensions.Write(bytes, JournalFormat.Mark);
        JournalFormat.Append(bytes, new JournalEntry.Claimed(new JobKey("job", 1), 2, 0, "board", "{}"u8.ToArray()));
        int end = bytes.WrittenCount;

        // An outcome with an invalid status.
        JournalFormat.Append(bytes, new JournalEntry.OutcomeDecided(new Outcome(0, "why", Protocol.ValueMap<string>.Empty)));
        JournalReading reading = JournalFormat.Read(bytes.WrittenSpan);
        Assert.Equal($"the record at byte {end} is of a kind that this version of the agent does not know", reading.Fault);
        Assert.Equal("job", reading.State!.Value.Claim.Key.JobId);
    }

    [Theory]
    [InlineData("../../../pwn/x", "board")]
    [InlineData("", "board")]
    [InlineData("..", "board")]
    [InlineData("a/b", "board")]
    [InlineData("job", "a/+/b")]
    [InlineData("job", "")]
    public void Names_that_the_service_can_not_assign_are_not_read_from_the_journal(string job, string thing)
    {
        System.Buffers.ArrayBufferWriter<byte> bytes = new();
        System.Buffers.BuffersExtensions.Write(bytes, JournalFormat.Mark);
        JournalFormat.Append(bytes, new JournalEntry.Claimed(new JobKey(job, 1), 2, 0, thing, "{}"u8.ToArray()));
        File.WriteAllBytes(Journal, bytes.WrittenSpan);
        AssertRefused("does not name the job in progress");
    }

    [Fact]
    public void A_read_error_of_the_disk_is_not_an_empty_file()
    {
        // Reading the first page of a process's memory is an input/output error.
        IOException e = Assert.Throws<IOException>(() => PrivateFile.Read("/proc/self/mem", 100));
        Assert.Equal("/proc/self/mem: can't be read: input/output error; the disk may be failing", e.Message);
    }

    [Theory]
    [InlineData(12, "Cannot allocate memory (error 12)")]
    [InlineData(21, "it is a directory; move it away")]
    [InlineData(40, "it is a symbolic link, which the agent does not follow; remove it")]
    [InlineData(116, "Stale file handle (error 116)")]
    public void Every_error_number_has_a_text(int error, string text) => Assert.Equal(text, ErrorText.OfFile(error));

    [RootFact]
    public void An_unreadable_identity_is_not_a_missing_one()
    {
        new IdentityStore(_directory.Path).Save(new IdentityState.KeyMade(new Secret("KEY")));
        AsNobody.Give(_directory.Path);
        AsNobody.Run(() =>
        {
            UsageException e = Assert.Throws<UsageException>(() => new IdentityStore(_directory.Path).Load());
            Assert.StartsWith(
                $"{_directory["identity"]}/identity.json: can't be read by the user nobody: permission denied in its directory",
                e.Message,
                StringComparison.Ordinal);
        });
    }

    [RootFact]
    public void An_unreadable_running_step_file_is_not_a_missing_one()
    {
        RunningStepFile file = new(_directory["running-step"], "owner");
        file.Write(new RunId("owner", 1));
        AsNobody.Give(_directory.Path);
        AsNobody.Run(() =>
        {
            RunningStepFile own = new(_directory["running-step"], "owner");
            UsageException e = Assert.Throws<UsageException>(() => own.KillLeftovers(new ChildReaper(adopts: false)));
            Assert.Contains(
                "running-step: can't be read by the user nobody: permission denied (mode 0600, owner root)",
                e.Message,
                StringComparison.Ordinal);
            Assert.NotNull(RunningStepFile.FindFault(_directory.Path));
        });
    }

    [RootFact]
    public void The_running_step_file_of_root_does_not_matter_without_a_job_in_progress()
    {
        new RunningStepFile(_directory["running-step"], "owner").Clear();
        AsNobody.Give(_directory.Path);
        AsNobody.Run(() =>
        {
            Assert.Null(RunningStepFile.FindFault(_directory.Path, isJobUnderWay: false));
            Assert.Equal(CheckOutcome.Passed, DataDirectoryCheck.Run(_directory.Path, out _).Outcome);
            RunningStepFile own = new(_directory["running-step"], "owner");
            own.KillLeftovers(new ChildReaper(adopts: false), isJobUnderWay: false);
            own.Write(new RunId("owner", 1));
        });
        Assert.StartsWith("owner ", File.ReadAllText(_directory["running-step"]), StringComparison.Ordinal);
    }

    private void AssertRefused(string why)
    {
        UsageException e = Assert.Throws<UsageException>(() => JournalFile.Open(_directory.Path));
        Assert.StartsWith(Journal + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "The agent requests no jobs: the journal says which job is in progress, and that job could run twice",
            e.Message,
            StringComparison.Ordinal);
        Assert.NotNull(JournalFile.FindFault(_directory.Path));
    }
}
