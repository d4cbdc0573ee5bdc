using System.Globalization;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Linux;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Data;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void New_directory_has_mode_700()
    {
        using DataDirectory data = DataDirectory.Open(_directory["data"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Path));
    }

    [Fact]
    public void Directory_in_use_is_refused_with_the_process_id_and_available_afterwards()
    {
        using (DataDirectory.Open(_directory["data"]))
        {
            UsageException e = Assert.Throws<UsageException>(() => DataDirectory.Open(_directory["data"]));
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"--data_dir: {_directory["data"]} is in use by another agent, process {Environment.ProcessId}; stop it, or choose another directory"),
                e.Message);
        }

        DataDirectory.Open(_directory["data"]).Dispose();
    }

    [Fact]
    public async Task Full_disk_is_a_fault_and_the_journal_recovers_when_there_is_space()
    {
        string disk = Directory.CreateDirectory(_directory["disk"]).FullName;
        if (!SmallDisk.TryMount(disk))
        {
            return;
        }

        using SmallDisk mounted = new(disk);
        File.WriteAllBytes(Path.Combine(disk, "ballast"), new byte[700 * 1024]);
        using JournalFile journal = JournalFile.Open(disk);
        string? fault = journal.Write(new JournalEntry.Reserve());
        Assert.Contains("no space is left on the disk; free some", fault, StringComparison.Ordinal);

        // A process that another test has just forked may keep the ballast open until its exec.
        File.Delete(Path.Combine(disk, "ballast"));
        await Until.TrueAsync(() => journal.Write(new JournalEntry.Reserve()) is null, "the journal has room again");

        // The reserved space exists, however full the disk is now.
        Fill(Path.Combine(disk, "ballast"));
        Assert.Null(journal.Write(new JournalEntry.Claimed(new JobKey("j", 1), 2, 0, "t", new byte[100_000])));
        Assert.Null(journal.Write(new JournalEntry.AttemptStarted(0, 1)));
        Assert.True(JournalFile.Peek(disk)!.State!.Value.IsRunning);
    }

    private static void Fill(string file)
    {
        try
        {
            File.WriteAllBytes(file, new byte[2 * 1024 * 1024]);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
