using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Journal;

/// <summary>The journal on a real disk.</summary>
public sealed class JournalFileTests : IDisposable
{
    private static readonly JournalEntry.Claimed Claimed = new(new JobKey("job", 1), 2, 5, "board", "{}"u8.ToArray());
    private static readonly StepResult Done = new() { End = StepEnd.Exited };
    private readonly TestDirectory _directory = new();

    private string Path => _directory["journal"];

    private string Directory => System.IO.Path.GetDirectoryName(Path)!;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Written_entries_are_found_at_the_next_start()
    {
        Write(
            Claimed,
            new JournalEntry.AttemptStarted(0, 1),
            new JournalEntry.StepEnded(0, Done, ""),
            new JournalEntry.AttemptStarted(1, 1));

        using JournalFile again = JournalFile.Open(Directory);
        Assert.Null(again.Finding);
        Assert.Equal(Claimed.Key, again.State!.Value.Claim.Key);
        Assert.Equal(Done, Assert.Single(again.State!.Value.Results));
        Assert.True(again.State!.Value.IsRunning);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_closed_execution_is_not_found_after_space_is_reserved_for_the_next(bool mustLast)
    {
        using JournalFile journal = JournalFile.Open(Directory);
        Assert.Null(journal.Write(Claimed));
        Assert.Null(journal.Write(new JournalEntry.Closed(mustLast)));
        Assert.NotNull(JournalFile.Peek(Directory)!.State);

        // The next execution may start now, with the same name and times, and the agent may be killed before the journal has it.
        Assert.Null(journal.Write(new JournalEntry.Reserve()));
        Assert.Null(JournalFile.Peek(Directory)!.State);
        long length = new FileInfo(Path).Length;
        Assert.Null(journal.Write(new JournalEntry.Reserve()));
        Assert.Equal(length, new FileInfo(Path).Length);

        Assert.Null(journal.Write(Claimed with { Version = 7 }));
        Assert.Equal(7, JournalFile.Peek(Directory)!.State!.Value.Claim.Version);
    }

    [Fact]
    public void A_torn_end_is_removed_and_reported_and_the_next_entry_follows_the_valid_ones()
    {
        Write(Claimed, new JournalEntry.AttemptStarted(0, 1));
        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..^3]);

        using (JournalFile journal = JournalFile.Open(Directory))
        {
            Assert.Contains("unfinished", journal.Finding, StringComparison.Ordinal);
            Assert.False(journal.State!.Value.IsRunning);
            Assert.Null(journal.Write(new JournalEntry.AttemptStarted(0, 1)));
        }

        using JournalFile again = JournalFile.Open(Directory);
        Assert.Null(again.Finding);
        Assert.True(again.State!.Value.IsRunning);
    }

    [Fact]
    public void A_damaged_journal_is_copied_and_reported_and_a_few_copies_are_kept()
    {
        for (int i = 0; i < 5; i++)
        {
            Write(new JournalEntry.Closed(), Claimed, new JournalEntry.AttemptStarted(0, 1), new JournalEntry.AttemptFailed(0, 1));

            // In the last record but one: the claim is intact.
            byte[] bytes = File.ReadAllBytes(Path);
            bytes[^30] ^= 1;
            File.WriteAllBytes(Path, bytes);

            using JournalFile journal = JournalFile.Open(Directory);
            Assert.True(journal.WasDamaged);
            Assert.Contains($"kept as {Path}.damaged-{i + 1}", journal.Finding, StringComparison.Ordinal);
            Assert.Equal(bytes, File.ReadAllBytes($"{Path}.damaged-{i + 1}"));
            Assert.Null(journal.Write(new JournalEntry.Closed()));
            Assert.Null(journal.Settle());
        }

        Assert.Equal([$"{Path}.damaged-3", $"{Path}.damaged-4", $"{Path}.damaged-5"], JournalFile.DamagedFiles(Directory));
    }

    [Fact]
    public void The_file_is_rewritten_when_the_execution_closes_and_when_it_is_too_long()
    {
        StepResult loud = Done with { StdOut = new string('x', 200_000) };
        using JournalFile journal = JournalFile.Open(Directory, bound: 4_000);
        Assert.Null(journal.Write(Claimed));
        for (int attempt = 1; attempt < 300; attempt++)
        {
            Assert.Null(
                journal.Write(attempt % 2 == 1 ? new JournalEntry.AttemptStarted(0, attempt) : new JournalEntry.AttemptFailed(0, attempt)));
            Assert.InRange(new FileInfo(Path).Length, 1, 4_100);
        }

        Assert.Null(journal.Write(new JournalEntry.StepEnded(0, loud, "")));
        Assert.Null(journal.Write(new JournalEntry.Closed()));
        Assert.Null(journal.State);
        Assert.Null(journal.Settle());
        Assert.Equal(JournalFormat.Mark.Length, new FileInfo(Path).Length);
    }

    [Fact]
    public void An_execution_that_follows_at_once_is_appended_to_the_closed_one()
    {
        JournalEntry.Claimed second = Claimed with { Key = new JobKey("second", 1) };
        using (JournalFile journal = JournalFile.Open(Directory))
        {
            Assert.Null(journal.Write(new JournalEntry.Pair(Claimed, new JournalEntry.AttemptStarted(0, 1))));
            Assert.Null(journal.Write(new JournalEntry.Closed()));
            long length = new FileInfo(Path).Length;
            Assert.Null(journal.Write(new JournalEntry.Reserve()));
            Assert.Null(journal.Write(new JournalEntry.Pair(second, new JournalEntry.AttemptStarted(0, 1))));
            Assert.Null(journal.Settle());
            Assert.InRange(new FileInfo(Path).Length, length + 1, long.MaxValue);
            Assert.Equal("second", journal.State!.Value.Claim.Key.JobId);
        }

        using JournalFile again = JournalFile.Open(Directory);
        Assert.Equal("second", again.State!.Value.Claim.Key.JobId);
        Assert.True(again.State.Value.IsRunning);
    }

    [Fact]
    public void A_power_cut_while_an_execution_follows_at_once_does_not_damage_the_journal()
    {
        int end;
        using (JournalFile journal = JournalFile.Open(Directory))
        {
            Assert.Null(journal.Write(new JournalEntry.Pair(Claimed, new JournalEntry.AttemptStarted(0, 1))));
            Assert.Null(journal.Write(new JournalEntry.Closed()));
            end = (int)new FileInfo(Path).Length;
            Assert.Null(journal.Write(new JournalEntry.Reserve()));
            JournalEntry.Claimed second = Claimed with { Key = new JobKey("second", 1) };
            Assert.Null(journal.Write(new JournalEntry.Pair(second, new JournalEntry.AttemptStarted(0, 1))));
        }

        // Wherever a sector ends: the disk may have what follows it, and zeros before it.
        byte[] bytes = File.ReadAllBytes(Path);
        for (int boundary = end + 1; boundary <= bytes.Length; boundary++)
        {
            byte[] torn = [.. bytes];
            torn.AsSpan(end..boundary).Clear();
            JournalReading reading = JournalFormat.Read(torn);
            Assert.Null(reading.Fault);
            Assert.Equal("job", reading.State!.Value.Claim.Key.JobId);
        }
    }

    [Fact]
    public void A_damaged_journal_yields_its_last_execution()
    {
        using (JournalFile journal = JournalFile.Open(Directory))
        {
            Assert.Null(journal.Write(Claimed));
            Assert.Null(journal.Write(new JournalEntry.Closed()));
            Assert.Null(
                journal.Write(new JournalEntry.Pair(Claimed with { Key = new JobKey("second", 1) },
                new JournalEntry.AttemptStarted(0, 1))));
        }

        byte[] bytes = File.ReadAllBytes(Path);
        bytes[40] ^= 1;
        File.WriteAllBytes(Path, bytes);
        using JournalFile again = JournalFile.Open(Directory);
        Assert.True(again.WasDamaged);
        Assert.Equal("second", again.State!.Value.Claim.Key.JobId);
    }

    [Fact]
    public void A_directory_that_can_not_be_written_is_reported_and_used_once_it_can()
    {
        // A directory in place of the new file: not even root can open it for writing.
        System.IO.Directory.CreateDirectory(Path + ".new");
        using JournalFile journal = JournalFile.Open(Directory);
        string? fault = journal.Write(new JournalEntry.Reserve());
        Assert.Contains($"the journal {Path} can't be written", fault, StringComparison.Ordinal);
        Assert.NotNull(journal.Write(Claimed));
        Assert.Null(journal.State);

        System.IO.Directory.Delete(Path + ".new");
        Assert.Null(journal.Write(new JournalEntry.Reserve()));
        Assert.Null(journal.Write(Claimed));
    }

    private void Write(params JournalEntry[] entries)
    {
        using JournalFile journal = JournalFile.Open(Directory);
        foreach (JournalEntry entry in entries)
        {
            Assert.Null(journal.Write(entry));
        }
    }
}
