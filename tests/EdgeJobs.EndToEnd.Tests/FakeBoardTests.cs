using System.Globalization;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The native agent as root of a user namespace, with a boot id and system tools of the test: they record how they are called.</summary>
public abstract class FakeBoardTests : CloudTests
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Directory.CreateDirectory(Scratch["bin"]);
        foreach (string tool in (string[])["systemctl", "apt-get", "dpkg"])
        {
            File.SetUnixFileMode(Scratch.Write($"bin/{tool}", $"#!/bin/sh\necho \"{tool} $*\" >> {Scratch["calls"]}\n"), Executable);
        }

        const string RunInUnit = """
            #!/bin/sh
            while [ "$1" != -- ]; do shift; done
            shift
            exec "$@"
            """;
        File.SetUnixFileMode(Scratch.Write("bin/systemd-run", RunInUnit), Executable);
    }

    /// <summary>Starts the agent in a boot with this id.</summary>
    private protected ChildProcess Start(string boot, params string[] flags)
    {
        string id = Scratch.Write(boot, boot + "\n");
        return ChildProcess.Start(
            "unshare",
            [
                "-rm", "sh", "-c", $"mount --bind {id} /proc/sys/kernel/random/boot_id && exec \"$@\"", "sh", AgentBinary.X64.Program,
                .. Run, "--once", .. flags,
            ],
            ("PATH", $"{Scratch["bin"]}:{Environment.GetEnvironmentVariable("PATH")}"));
    }

    private protected async Task KillAsync(ChildProcess agent)
    {
        string id = await File.ReadAllTextAsync(Path.Combine(Scratch["agent"], "agent.pid"));
        Assert.True(ChildProcess.KillById(int.Parse(id, CultureInfo.InvariantCulture)));
        await agent.WaitForExitAsync();
    }
}
