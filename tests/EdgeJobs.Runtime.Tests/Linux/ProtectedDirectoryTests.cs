using EdgeJobs.Client;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Doctor;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Status;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Tests.Linux;

/// <summary>Only the agent's user and root may be able to change the agent's files.</summary>
public sealed class ProtectedDirectoryTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode All = Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly TestDirectory _directory = new();

    private string Data => _directory["data"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(All, "0777")]
    [InlineData(Owner | UnixFileMode.GroupWrite, "0720")]
    [InlineData(All | UnixFileMode.StickyBit, "1777")]
    public async Task Run_refuses_a_directory_that_other_users_can_write_and_changes_nothing_in_it(UnixFileMode mode, string octal)
    {
        Directory.CreateDirectory(Data);
        string forged = Path.Combine(Data, "journal");
        using (JournalFile journal = JournalFile.Open(Data))
        {
            Assert.Null(journal.Write(new JournalEntry.Claimed(new JobKey("forged", 1), 2, 0, "board", "{}"u8.ToArray())));
        }

        byte[] before = File.ReadAllBytes(forged);
        File.SetUnixFileMode(Data, mode);
        StringWriter errors = new();
        int code = await EdgeJobsAgent
            .CreateBuilder(["run", "--endpoint", "localhost:1", "--cert", "c", "--key", "k", "--thing_name", "board", "--data_dir", Data])
            .RunAsync("edgejobs", TextWriter.Null, errors);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal(
            $"edgejobs: --data_dir: {Data} is writable by users other than its owner (mode {octal}), who may have left files in it; check its content, then run: sudo chmod 700 {Data}\n",
            errors.ToString());
        Assert.Equal([forged], Directory.GetFileSystemEntries(Data));
        Assert.Equal(before, File.ReadAllBytes(forged));

        DoctorCheck check = DataDirectoryCheck.Run(Data, out _);
        Assert.Equal((CheckOutcome.Failed, ExitCode.Usage), (check.Outcome, check.ExitCode));
        Assert.Contains($"sudo chmod 700 {Data}", check.Message, StringComparison.Ordinal);

        // status shows the job and a warning.
        StringWriter output = new();
        Assert.Equal(
            ExitCode.Done, await EdgeJobsAgent.CreateBuilder(["status", "--data_dir", Data]).RunAsync("edgejobs", output, TextWriter.Null));
        Assert.Contains(
            $"warning: edgejobs run rejects the data directory: {Data} is writable by users other than its owner",
            output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("job 'forged'", output.ToString(), StringComparison.Ordinal);
    }

    [RootFact]
    public void Directory_of_another_user_is_refused()
    {
        Directory.CreateDirectory(Data);
        AsNobody.Give(Data);
        AssertRefused($"--data_dir: {Data} belongs to user 65534, not to the user root; run the agent as that user, or run: sudo chown root {Data}");
        Assert.Empty(StatusReader.Read(Data).Faults);
    }

    [RootFact]
    public void Directory_with_a_parent_of_another_user_is_refused_before_it_is_created()
    {
        string parent = Directory.CreateDirectory(_directory["parent"]).FullName;
        AsNobody.Give(parent);
        UsageException e = Assert.Throws<UsageException>(() => DataDirectory.Open(Path.Combine(parent, "deep/er")));
        Assert.Equal(
            $"--data_dir: {parent}, a parent of the directory, belongs to user 65534, who can replace the directory; choose a directory that no other user can replace, such as /var/lib/edgejobs",
            e.Message);
        Assert.Empty(Directory.GetFileSystemEntries(parent));
    }

    [Fact]
    public void Created_parents_are_writable_by_their_owner_only_with_any_umask()
    {
        string data = _directory["deep/er/data"];
        uint mask = Libc.SetFileModeMask(0);
        try
        {
            DataDirectory.Open(data).Dispose();
        }
        finally
        {
            _ = Libc.SetFileModeMask(mask);
        }

        Assert.Equal(Owner, File.GetUnixFileMode(data));
        Assert.Equal(
            Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
            File.GetUnixFileMode(_directory["deep/er"]));
    }

    [Fact]
    public void Directory_with_a_world_writable_parent_is_refused_unless_that_is_sticky()
    {
        string parent = Directory.CreateDirectory(_directory["parent"]).FullName;
        string data = Path.Combine(parent, "data");
        File.SetUnixFileMode(parent, All);
        UsageException e = Assert.Throws<UsageException>(() => DataDirectory.Open(data));
        Assert.Contains(
            $"{parent}, a parent of the directory, is writable by users other than its owner (mode 0777)",
            e.Message,
            StringComparison.Ordinal);
        File.SetUnixFileMode(parent, All | UnixFileMode.StickyBit);
        DataDirectory.Open(data).Dispose();
    }

    [RootFact]
    public void Symbolic_link_of_another_user_in_the_path_is_refused()
    {
        Directory.CreateDirectory(_directory["elsewhere"]);
        Directory.CreateSymbolicLink(_directory["link"], _directory["elsewhere"]);
        DataDirectory.Open(_directory["link/data"]).Dispose();
        AsNobody.Give(_directory["link"]);
        UsageException e = Assert.Throws<UsageException>(() => DataDirectory.Open(_directory["link/data"]));
        Assert.Equal(
            $"--data_dir: {_directory["link"]} is a symbolic link of user 65534, who can change its target; remove it: sudo rm {_directory["link"]}",
            e.Message);
    }

    [Fact]
    public void Symbolic_links_of_the_own_user_are_followed_and_the_agent_is_found_through_them()
    {
        string real = Directory.CreateDirectory(_directory["elsewhere/data"]).FullName;
        Directory.CreateSymbolicLink(_directory["one"], "elsewhere");
        Directory.CreateSymbolicLink(_directory["two"], "./one/../one/data");
        using DataDirectory data = DataDirectory.Open(_directory["two"]);
        Assert.Equal(real, data.Path);
        Assert.Equal(Environment.ProcessId, DataDirectory.FindHolder(_directory["two"]));
        Assert.Equal(Environment.ProcessId, DataDirectory.FindHolder(_directory["one/data/"]));
    }

    [Fact]
    public void Circular_links_and_files_in_the_path_are_refused()
    {
        Directory.CreateSymbolicLink(_directory["a"], _directory["b"]);
        Directory.CreateSymbolicLink(_directory["b"], _directory["a"]);
        Assert.Contains(
            "is a symbolic link without a target",
            Assert.Throws<UsageException>(() => DataDirectory.Open(_directory["a"])).Message,
            StringComparison.Ordinal);
        string file = _directory.Write("file", "");
        Assert.Equal(
            $"--data_dir: {file} is a file, not a directory; move it away, or choose another directory",
            Assert.Throws<UsageException>(() => DataDirectory.Open(file)).Message);
        Assert.Equal(
            $"--data_dir: {file} is a file, not a directory; choose another directory",
            Assert.Throws<UsageException>(() => DataDirectory.Open(file + "/data")).Message);
    }

    [RootFact]
    public void Directory_that_is_not_writable_is_refused()
    {
        Directory.CreateDirectory(Data);
        File.SetUnixFileMode(_directory.Path, Owner | UnixFileMode.GroupExecute);
        File.SetUnixFileMode(Data, Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        AsNobody.Run(() => Assert.Equal(
            $"--data_dir: {Data} is not writable by the user nobody; run the agent as the directory's owner, or run: sudo chown nobody {Data}",
            Assert.Throws<UsageException>(() => DataDirectory.Open(Data)).Message));
    }

    [Fact]
    public void Targets_of_planted_links_are_not_overwritten()
    {
        string victim = _directory.Write("victim", "precious");
        string elsewhere = Directory.CreateDirectory(_directory["victims"]).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "job.jsonl"), "precious");
        Directory.CreateDirectory(Data);
        foreach (string name in (string[])["journal.new", "journal.damaged-1", "agent.pid", "agent.pid.new", "port", "port.new",
            "certificate.json", "certificate.json.new", "running-step"])
        {
            File.CreateSymbolicLink(Path.Combine(Data, name), victim);
        }

        Directory.CreateDirectory(Path.Combine(Data, "identity"));
        foreach (string name in (string[])["identity.json.new", "private.key.new", "certificate.pem.new"])
        {
            File.CreateSymbolicLink(Path.Combine(Data, "identity", name), victim);
        }

        string job = Directory.CreateDirectory(Path.Combine(Data, "jobs/job-1")).FullName;
        foreach (string name in (string[])["1.stdout", "1.stderr.tail"])
        {
            File.CreateSymbolicLink(Path.Combine(job, name), victim);
        }

        Directory.CreateSymbolicLink(Path.Combine(Data, "jobs/linked-1"), elsewhere);
        using (DataDirectory data = DataDirectory.Open(Data))
        {
            Assert.Null(data.Journal.Write(new JournalEntry.Reserve()));
            Assert.Null(data.Journal.Write(new JournalEntry.Claimed(new JobKey("job", 1), 2, 0, "board", "{}"u8.ToArray())));
        }

        new PortFile(Data, NullLogger.Instance).Keep("host", 443);
        new CertificateStatusFile(Data, NullLogger.Instance)
            .Write(new CertificateFacts("f", "s", "i", "n", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));
        new RunningStepFile(Path.Combine(Data, "running-step"), "owner").Write(new RunId("owner", 1));
        IdentityState.Registered identity = new(new Secret("KEY"), "c1", "PEM", "pump-7", null);
        new IdentityStore(Data).Save(identity);
        new IdentityStore(Data).WriteFiles(identity);
        JobArchive archive = new(Path.Combine(Data, "jobs"), 4, 1, TimeProvider.System);
        StepPlan step = new() { Name = "s", Action = new StepAction.RunCommand(["true"]) };
        using (StepArchive output = archive.Begin(new StepContext("board", "job", 1, 1, 1, step), out string? fault)!)
        {
            Assert.Null(fault);
            output.AppendOut("printed"u8);
            output.AppendErr("printed"u8);
            Assert.Null(output.Finish(new StepResult { End = StepEnd.Exited }));
        }

        Assert.Equal("precious", File.ReadAllText(victim));
        Assert.Equal("precious", File.ReadAllText(Path.Combine(elsewhere, "job.jsonl")));
        Assert.Equal("KEY", File.ReadAllText(Path.Combine(Data, "identity/private.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(job, "job.jsonl")));
    }

    [Fact]
    public void Record_of_a_job_is_not_written_through_symbolic_or_hard_links()
    {
        string victim = _directory.Write("victim", "precious");
        string job = Directory.CreateDirectory(Path.Combine(Data, "jobs/job-1")).FullName;
        File.CreateSymbolicLink(Path.Combine(job, "job.jsonl"), victim);
        JobArchive archive = new(Path.Combine(Data, "jobs"), 4, 1, TimeProvider.System);
        StepPlan step = new() { Name = "s", Action = new StepAction.RunCommand(["true"]) };
        Assert.Null(archive.Begin(new StepContext("board", "job", 1, 1, 1, step), out string? fault));
        Assert.Contains("job.jsonl", fault, StringComparison.Ordinal);

        Assert.Equal(
            0,
            System.Diagnostics.Process.Start("ln", [victim, Path.Combine(Data, "running-step")]) is { } ln && ln.WaitForExit(10_000)
            ? ln.ExitCode : -1);
        new RunningStepFile(Path.Combine(Data, "running-step"), "owner").Write(new RunId("owner", 1));
        Assert.Equal("precious", File.ReadAllText(victim));
    }

    [RootFact]
    public void Directories_planted_by_other_users_are_not_used()
    {
        Directory.CreateDirectory(Data);
        string planted = Directory.CreateDirectory(Path.Combine(Data, "jobs")).FullName;
        string identity = Directory.CreateDirectory(Path.Combine(Data, "identity")).FullName;
        AsNobody.Give(planted);
        AsNobody.Give(identity);
        JobArchive archive = new(planted, 4, 1, TimeProvider.System);
        StepPlan step = new() { Name = "s", Action = new StepAction.RunCommand(["true"]) };
        Assert.Null(archive.Begin(new StepContext("board", "job", 1, 1, 1, step), out string? fault));
        Assert.StartsWith($"{planted} belongs to user 65534", fault, StringComparison.Ordinal);
        Assert.StartsWith(
            $"{identity} belongs to user 65534",
            Assert.Throws<UsageException>(() => new IdentityStore(Data).Load()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../../../pwn/x")]
    [InlineData("a/b")]
    [InlineData("/tmp/x")]
    [InlineData("a\0b")]
    [InlineData("256")]
    public void Invalid_job_id_does_not_become_a_path(string jobId)
    {
        jobId = jobId == "256" ? new string('x', 256) : jobId;
        JobArchive archive = new(Path.Combine(Data, "jobs"), 4, 1, TimeProvider.System);
        StepPlan step = new() { Name = "s", Action = new StepAction.RunCommand(["true"]) };
        Assert.Null(archive.Begin(new StepContext("board", jobId, 1, 1, 1, step), out string? fault));
        Assert.Contains("is not a valid job id", fault, StringComparison.Ordinal);
        Assert.Null(archive.Finish(new JobKey(jobId, 1), new Outcome(JobExecutionUpdateStatus.Failed, "why", ValueMap<string>.Empty)));
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    private void AssertRefused(string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => DataDirectory.Open(Data)).Message);
}
