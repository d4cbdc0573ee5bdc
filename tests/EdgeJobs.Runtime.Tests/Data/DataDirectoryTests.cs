using System.Diagnostics;
using System.Globalization;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Data;

/// <summary>The data directory: its mode, its lock, and a disk that is full.</summary>
public sealed class DataDirectoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_is_made_for_its_owner_alone()
    {
        using DataDirectory data = DataDirectory.Open(_directory["data"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Path));
    }

    [Fact]
    public void A_second_agent_is_told_who_has_it_and_may_have_it_afterwards()
    {
        using (DataDirectory.Open(_directory["data"]))
        {
            UsageException e = Assert.Throws<UsageException>(() => DataDirectory.Open(_directory["data"]));
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"--data_dir: {_directory["data"]} is in use by another agent, process {Environment.ProcessId}; stop that one, or give this one another directory"),
                e.Message);
        }

        DataDirectory.Open(_directory["data"]).Dispose();
    }

    [Fact]
    public async Task A_disk_that_is_really_full_is_told_and_used_again_when_there_is_room()
    {
        // A small disk of its own: needs root, as the tests in a container have it.
        string disk = Directory.CreateDirectory(_directory["disk"]).FullName;
        if (!Environment.IsPrivilegedProcess || Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk) != 0)
        {
            return;
        }

        try
        {
            File.WriteAllBytes(Path.Combine(disk, "ballast"), new byte[700 * 1024]);
            using JournalFile journal = JournalFile.Open(disk);
            string? fault = journal.Write(new JournalEntry.Reserve());
            Assert.Contains("no space is left on the disk; free some", fault, StringComparison.Ordinal);

            // A process that another test has just forked may hold the ballast open until it becomes another program.
            File.Delete(Path.Combine(disk, "ballast"));
            await Until.TrueAsync(() => journal.Write(new JournalEntry.Reserve()) is null, "the journal has room again");

            // What was reserved is there, however full the disk is now.
            Fill(Path.Combine(disk, "ballast"));
            Assert.Null(journal.Write(new JournalEntry.Taken(new JobKey("j", 1), 2, 0, "t", new byte[100_000])));
            Assert.Null(journal.Write(new JournalEntry.Began(0, 1)));
            Assert.True(JournalFile.Peek(disk)!.State!.Value.IsRunning);
        }
        finally
        {
            Assert.Equal(0, Run("umount", "--lazy", disk));
        }
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

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
