using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The native agent installs Debian packages with the real dpkg and apt, is killed meanwhile, and goes back when a job fails.</summary>
public sealed class PackageStepTests : CloudTests
{
    private const int Rounds = 12;

    // The agent and dpkg together take about a second.
    private const string Scripted = "sleep 0.1";

    private PackageRoot Packages { get; set; } = null!;

    private (string Name, string Value) SearchPath => ("PATH", $"{Packages.Programs}:/usr/sbin:/usr/bin:/sbin:/bin");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Packages = new PackageRoot(Scratch.Path, hasApt: true);
    }

    [RootFact]
    public async Task A_job_whose_health_check_fails_brings_back_the_package_before()
    {
        ExecutionStatus end = await RunJobAsync("first", await Packages.PackAsync("1.0"), isHealthy: true);
        Assert.Equal(("SUCCEEDED", "installed 1.0 1.0"), (end.Status, await Packages.StateAsync()));
        end = await RunJobAsync("second", await Packages.PackAsync("2.0"), isHealthy: false);
        Assert.Equal("FAILED", end.Status);
        Assert.StartsWith("step 2 of 2 'check' failed: exit code 1", end.Detail("reason"), StringComparison.Ordinal);
        Assert.EndsWith($"; rolled back: {PackageRoot.Name} is 1.0 again", end.Detail("reason"), StringComparison.Ordinal);
        Assert.Equal(("done", "2/2"), (end.Detail("rollback"), end.Detail("step")));
        Assert.Equal("installed 1.0 1.0", await Packages.StateAsync());

        File.Delete(Scratch[$"agent/packages/{PackageRoot.Name}_1.0_all.deb"]);
        end = await RunJobAsync("third", await Packages.PackAsync("3.0"), isHealthy: false);
        Assert.Contains(
            $"; the rollback of step 1 failed: {PackageRoot.Name} 1.0 can't be installed again: neither ",
            end.Detail("reason"),
            StringComparison.Ordinal);
        Assert.Equal(("failed", "installed 3.0 3.0"), (end.Detail("rollback"), await Packages.StateAsync()));
    }

    [RootFact]
    public async Task The_end_is_right_when_the_agent_is_killed_while_dpkg_runs()
    {
        Random random = new(4711);
        string expected = "";
        int interrupted = 0;
        for (int round = 1; round <= Rounds; round++)
        {
            string version = string.Create(CultureInfo.InvariantCulture, $"{round}.0");
            bool isHealthy = round % 2 == 0;
            string job = $"job-{round}";
            string package = await Packages.PackAsync(version, ("preinst", Scripted), ("postinst", Scripted), ("prerm", Scripted));
            await Cloud.CreateJobAsync(job, Thing, Document(package, isHealthy));
            for (int kill = random.Next(1, 4); kill > 0; kill--)
            {
                await using ChildProcess agent = ChildProcess.Start(AgentBinary.X64.Program, [.. Run, "--once"], SearchPath);
                await Task.Delay(random.Next(100, 1500));
                await agent.KillAsync();
                interrupted += (await Packages.StateAsync()).StartsWith("installed", StringComparison.Ordinal) ? 0 : 1;
            }

            await AgentBinary.X64.RunAsync([.. Run, "--once"], SearchPath);
            ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, job, isHealthy ? "SUCCEEDED" : "FAILED");
            expected = isHealthy ? $"installed {version} {version}" : expected;
            string state = await Packages.StateAsync();
            state = state.StartsWith("config-files", StringComparison.Ordinal) ? "" : state;
            Assert.True(state == expected, $"round {round}: {state} instead of {expected}; {end.Detail("reason")}");
        }

        Assert.NotEqual(0, interrupted);
    }

    [RootFact]
    public async Task An_agent_without_root_says_that_packages_need_it()
    {
        string package = await Packages.PackAsync("1.0");
        string home = Directory.CreateDirectory(Scratch["service"]).FullName;
        File.SetUnixFileMode(Scratch.Path, File.GetUnixFileMode(Scratch.Path) | UnixFileMode.OtherExecute);
        string[] copies = [.. new[] { Files.CaFile, Files.Certificate, Files.Key, AgentBinary.X64.Program }.Select(f => CopyTo(home, f))];
        await ChildProcess.RunAsync("chown", ["-R", "nobody", home]);
        await ChildProcess.RunAsync("chmod", ["-R", "700", home]);
        await Cloud.CreateJobAsync("job", Thing, Document(package, isHealthy: true));

        await ChildProcess.RunAsync(
            "setpriv",
            [
                "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--", copies[3], "run",
                .. new ThingFiles(Thing, copies[0], copies[1], copies[2]).FlagsFor(Cloud.Mqtts), "--data_dir", $"{home}/data", "--once",
            ],
            SearchPath);

        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "job", "FAILED");
        Assert.Equal(
            "step 1 of 2 'install' failed: only root can install packages, and the agent runs as the user nobody; run its service as root, "
                + "with /usr/share/edgejobs/root-jobs.conf",
            end.Detail("reason"));
        Assert.Equal(("", ""), (await Packages.StateAsync(), end.Detail("rollback")));
        Assert.False(File.Exists(Scratch["calls"]));
    }

    private static string CopyTo(string directory, string file)
    {
        string copy = Path.Combine(directory, Path.GetFileName(file));
        File.Copy(file, copy);
        return copy;
    }

    private async Task<ExecutionStatus> RunJobAsync(string job, string package, bool isHealthy)
    {
        await Cloud.CreateJobAsync(job, Thing, Document(package, isHealthy));
        await AgentBinary.X64.RunAsync([.. Run, "--once"], SearchPath);
        return await Cloud.WaitForStatusAsync(Thing, job, isHealthy ? "SUCCEEDED" : "FAILED");
    }

    private static string Document(string package, bool isHealthy) => Documents.Steps(
        new JsonObject { ["name"] = "install", ["type"] = "install", ["input"] = new JsonObject { ["package"] = package } },
        Documents.CommandStep("check", isHealthy ? "true" : "false"));
}
