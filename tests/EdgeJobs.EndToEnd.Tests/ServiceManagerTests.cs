using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The native agent as a service of systemd: what it sends to NOTIFY_SOCKET.</summary>
public sealed class ServiceManagerTests : CloudTests
{
    // Ten signs of life.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);
    private const string WatchdogMicroseconds = "400000";

    [Fact]
    public async Task Shows_what_the_agent_does()
    {
        using ServiceManager manager = new(Scratch["notify"]);
        await using ChildProcess agent = AgentBinary.X64.Start(Run, ("NOTIFY_SOCKET", manager.Address));
        Assert.StartsWith("READY=1\nSTATUS=Connecting to ", await manager.ReceiveAsync(), StringComparison.Ordinal);
        await manager.ReceiveAsync("STATUS=Waiting for jobs");

        await Cloud.CreateJobAsync("update-7", Thing, Documents.Endless(Scratch["started"], Scratch["ended"]));
        Assert.Equal("STATUS=Running job update-7: step 1 of 1, the step", await manager.ReceiveAsync("Running"));
        await agent.WaitForFileAsync(Scratch["started"]);

        await ChildProcess.RunAsync("kill", ["-HUP", agent.Id.ToString(CultureInfo.InvariantCulture)]);
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await manager.ReceiveAsync("RELOADING"), StringComparison.Ordinal);
        Assert.Equal("READY=1", await manager.ReceiveAsync());

        agent.AskToEnd();
        Assert.Equal("STOPPING=1\nSTATUS=Stopping", await manager.ReceiveAsync("STOPPING"));
        ChildResult result = await agent.WaitForExitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task Sends_signs_of_life_while_it_waits_for_its_server()
    {
        using ServiceManager manager = new(Scratch["notify"]);
        string[] words = [.. RunVia(new Uri("mqtts://localhost:1")), "--wait_for_server"];
        await using ChildProcess agent = AgentBinary.X64.Start(
            words, ("NOTIFY_SOCKET", manager.Address), ("WATCHDOG_USEC", WatchdogMicroseconds));
        await manager.ReceiveAsync("READY=1");
        await manager.ReceiveAsync("WATCHDOG=1");
        await manager.ReceiveAsync("WATCHDOG=1");
    }

    [Fact]
    public async Task A_hung_loop_sends_no_signs_of_life()
    {
        // The loop hangs when it logs into a pipe that is full.
        using ServiceManager manager = new(Scratch["notify"]);
        string pipe = Scratch["stderr"];
        await ChildProcess.RunAsync("mkfifo", [pipe]);
        await using FileStream log = new(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        string[] words = ["-c", $"exec \"$0\" \"$@\" 2> '{pipe}'", AgentBinary.X64.Program, .. Run];
        await using ChildProcess agent = ChildProcess.Start(
            "sh", words, ("NOTIFY_SOCKET", manager.Address), ("WATCHDOG_USEC", WatchdogMicroseconds));
        await Wait.ForAsync(Task.Run(() => ReadUntil(log, "waiting for jobs")), "the last line of the start");
        await manager.ReceiveAsync("WATCHDOG=1");

        // Ends when the pipe is full: first whole pages, then what is free in the last one, which a line of the agent may have begun.
        foreach (string size in (string[])["bs=4096", "bs=1"])
        {
            ChildResult fill = await ChildProcess.RunAsync("dd", ["if=/dev/zero", $"of={pipe}", size, "oflag=nonblock"]);
            Assert.Contains("Resource temporarily unavailable", fill.Errors, StringComparison.Ordinal);
        }

        await Cloud.CreateJobAsync("first", Thing, Documents.Command("true"));
        await manager.WaitForSilenceAsync(Silence);
        Assert.True(agent.IsRunning);

        using CancellationTokenSource end = new();
        Task drain = Task.Run(() => Drain(log, end.Token));
        await manager.ReceiveAsync("WATCHDOG=1");
        await Cloud.WaitForStatusAsync(Thing, "first", "SUCCEEDED");
        await agent.KillAsync();
        await end.CancelAsync();
        log.WriteByte(0);
        await drain;
    }

    [RootFact]
    public async Task No_other_process_of_its_user_may_read_its_memory()
    {
        using ServiceManager manager = new($"@edgejobs-test-{Guid.NewGuid()}");
        string home = Directory.CreateDirectory(Scratch["service"]).FullName;
        File.SetUnixFileMode(Scratch.Path, File.GetUnixFileMode(Scratch.Path) | UnixFileMode.OtherExecute);
        foreach (string file in (string[])[Files.CaFile, Files.Certificate, Files.Key, AgentBinary.X64.Program])
        {
            File.Copy(file, Path.Combine(home, Path.GetFileName(file)));
        }

        await ChildProcess.RunAsync("chown", ["-R", "nobody", home]);
        await ChildProcess.RunAsync("chmod", ["-R", "700", home]);
        ThingFiles files = new(Thing, In(Files.CaFile), In(Files.Certificate), In(Files.Key));
        string[] run =
        [
            "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--", In(AgentBinary.X64.Program), "run",
            .. files.FlagsFor(Cloud.Mqtts), "--data_dir", Path.Combine(home, "data"),
        ];
        await Cloud.CreateJobAsync("peek", Thing, Documents.Command("sh", "-c", "stat -c %U /proc/$PPID/mem /proc/$$/mem"));
        await using ChildProcess agent = ChildProcess.Start("setpriv", run, ("NOTIFY_SOCKET", manager.Address));

        // What it forbids belongs to root; a step is an ordinary process. Its parent is the agent.
        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "peek", "SUCCEEDED");
        Assert.Equal("root | nobody", end.Detail("stdout"));

        string In(string file) => Path.Combine(home, Path.GetFileName(file));
    }

    private static void ReadUntil(FileStream pipe, string text)
    {
        StringBuilder lines = new();
        byte[] buffer = new byte[4096];
        while (!lines.ToString().Contains(text, StringComparison.Ordinal))
        {
            lines.Append(Encoding.UTF8.GetString(buffer, 0, pipe.Read(buffer)));
        }
    }

    private static void Drain(FileStream pipe, CancellationToken end)
    {
        byte[] buffer = new byte[65_536];
        while (!end.IsCancellationRequested)
        {
            _ = pipe.Read(buffer);
        }
    }
}
