using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Journal;

/// <summary>The journal on a real disk.</summary>
public sealed class JournalFileTests : IDisposable
{
    private static readonly JournalEntry.Taken Taken = new(new JobKey("job", 1), 2, 5, "board", "{}"u8.ToArray());
    private static readonly StepResult Done = new() { End = StepEnd.Exited };
    private readonly TestDirectory _directory = new();

    private string Path => _directory["journal"];

    private string Directory => System.IO.Path.GetDirectoryName(Path)!;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_was_written_is_there_at_the_next_start()
    {
        Write(Taken, new JournalEntry.Began(0, 1), new JournalEntry.Ended(0, Done, ""), new JournalEntry.Began(1, 1));

        using JournalFile again = JournalFile.Open(Directory);
        Assert.Null(again.Finding);
        Assert.Equal(Taken.Key, again.State!.Value.Taken.Key);
        Assert.Equal(Done, Assert.Single(again.State!.Value.Results));
        Assert.True(again.State!.Value.IsRunning);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_execution_that_is_over_is_not_found_again_once_there_is_room_for_the_next_one(bool mustLast)
    {
        using JournalFile journal = JournalFile.Open(Directory);
        Assert.Null(journal.Write(Taken));
        Assert.Null(journal.Write(new JournalEntry.Closed(mustLast)));
        Assert.NotNull(JournalFile.Peek(Directory)!.State);

        // From here on the next one may be started, with the same name and times; the agent may be killed before the journal has it.
        Assert.Null(journal.Write(new JournalEntry.Reserve()));
        Assert.Null(JournalFile.Peek(Directory)!.State);
        long length = new FileInfo(Path).Length;
        Assert.Null(journal.Write(new JournalEntry.Reserve()));
        Assert.Equal(length, new FileInfo(Path).Length);

        Assert.Null(journal.Write(Taken with { Version = 7 }));
        Assert.Equal(7, JournalFile.Peek(Directory)!.State!.Value.Taken.Version);
    }

    [Fact]
    public void A_torn_end_is_cut_and_told_and_the_next_entry_follows_the_good_ones()
    {
        Write(Taken, new JournalEntry.Began(0, 1));
        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..^3]);

        using (JournalFile journal = JournalFile.Open(Directory))
        {
            Assert.Contains("not finished", journal.Finding, StringComparison.Ordinal);
            Assert.False(journal.State!.Value.IsRunning);
            Assert.Null(journal.Write(new JournalEntry.Began(0, 1)));
        }

        using JournalFile again = JournalFile.Open(Directory);
        Assert.Null(again.Finding);
        Assert.True(again.State!.Value.IsRunning);
    }

    [Fact]
    public void A_damaged_journal_is_set_aside_and_told_and_a_few_are_kept()
    {
        for (int i = 0; i < 5; i++)
        {
            Write(new JournalEntry.Closed(), Taken, new JournalEntry.Began(0, 1), new JournalEntry.AttemptFailed(0, 1));

            // In the last record but one: what the journal says of the execution itself is whole.
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
    public void The_file_is_written_anew_when_the_execution_is_over_and_when_it_grows_too_long()
    {
        StepResult loud = Done with { StdOut = new string('x', 200_000) };
        using JournalFile journal = JournalFile.Open(Directory, bound: 4_000);
        Assert.Null(journal.Write(Taken));
        for (int attempt = 1; attempt < 300; attempt++)
        {
            Assert.Null(journal.Write(attempt % 2 == 1 ? new JournalEntry.Began(0, attempt) : new JournalEntry.AttemptFailed(0, attempt)));
            Assert.InRange(new FileInfo(Path).Length, 1, 4_100);
        }

        Assert.Null(journal.Write(new JournalEntry.Ended(0, loud, "")));
        Assert.Null(journal.Write(new JournalEntry.Closed()));
        Assert.Null(journal.State);
        Assert.Null(journal.Settle());
        Assert.Equal(JournalFormat.Mark.Length, new FileInfo(Path).Length);
    }

    [Fact]
    public void An_execution_that_follows_at_once_is_appended_to_the_one_that_is_over()
    {
        JournalEntry.Taken second = Taken with { Key = new JobKey("second", 1) };
        using (JournalFile journal = JournalFile.Open(Directory))
        {
            Assert.Null(journal.Write(new JournalEntry.Both(Taken, new JournalEntry.Began(0, 1))));
            Assert.Null(journal.Write(new JournalEntry.Closed()));
            long length = new FileInfo(Path).Length;
            Assert.Null(journal.Write(new JournalEntry.Reserve()));
            Assert.Null(journal.Write(new JournalEntry.Both(second, new JournalEntry.Began(0, 1))));
            Assert.Null(journal.Settle());
            Assert.InRange(new FileInfo(Path).Length, length + 1, long.MaxValue);
            Assert.Equal("second", journal.State!.Value.Taken.Key.JobId);
        }

        using JournalFile again = JournalFile.Open(Directory);
        Assert.Equal("second", again.State!.Value.Taken.Key.JobId);
        Assert.True(again.State.Value.IsRunning);
    }

    [Fact]
    public void Of_a_damaged_journal_the_last_execution_counts()
    {
        using (JournalFile journal = JournalFile.Open(Directory))
        {
            Assert.Null(journal.Write(Taken));
            Assert.Null(journal.Write(new JournalEntry.Closed()));
            Assert.Null(journal.Write(new JournalEntry.Both(Taken with { Key = new JobKey("second", 1) }, new JournalEntry.Began(0, 1))));
        }

        byte[] bytes = File.ReadAllBytes(Path);
        bytes[40] ^= 1;
        File.WriteAllBytes(Path, bytes);
        using JournalFile again = JournalFile.Open(Directory);
        Assert.True(again.WasDamaged);
        Assert.Equal("second", again.State!.Value.Taken.Key.JobId);
    }

    [Fact]
    public void A_directory_that_can_not_be_written_is_told_and_used_as_soon_as_it_can()
    {
        // A directory in the place of the new file: not even root can open it for writing.
        System.IO.Directory.CreateDirectory(Path + ".new");
        using JournalFile journal = JournalFile.Open(Directory);
        string? fault = journal.Write(new JournalEntry.Reserve());
        Assert.Contains($"the journal {Path} can't be written", fault, StringComparison.Ordinal);
        Assert.NotNull(journal.Write(Taken));
        Assert.Null(journal.State);

        System.IO.Directory.Delete(Path + ".new");
        Assert.Null(journal.Write(new JournalEntry.Reserve()));
        Assert.Null(journal.Write(Taken));
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
