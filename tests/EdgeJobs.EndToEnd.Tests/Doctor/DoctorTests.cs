using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary><c>edgejobs doctor</c> with a working service: it finds no fault and changes nothing.</summary>
public sealed class DoctorTests : CloudTests
{
    private static readonly string[] Way =
    [
        "dns", "tcp", "tls", "connect", "subscribe", "subscribe", "subscribe", "subscribe", "subscribe", "get", "clock", "describe",
        "update", "start-next",
    ];

    private string[] Flags => [.. Files.FlagsFor(Cloud.Mqtts), "--data_dir", Scratch["agent"]];

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task All_checks_pass_and_no_job_starts(string mqttVersion)
    {
        await Cloud.CreateJobAsync("waits", Thing, Documents.Command("true"));

        Diagnosis found = await Diagnosis.OfAsync([.. Flags, "--mqtt_version", mqttVersion]);

        found.AssertHealthy();
        Assert.Equal(Way, found.Checks.SkipWhile(c => c.Name != "dns").Select(c => c.Name));
        Assert.Contains("1 queued", found.Checks.Single(c => c.Name == "get").Message, StringComparison.Ordinal);
        Assert.Contains("waits", found.Checks.Single(c => c.Name == "describe").Message, StringComparison.Ordinal);
        Assert.Equal("QUEUED", (await Cloud.DescribeAsync(Thing, "waits")).Status);
        Assert.False(Directory.Exists(Scratch["agent"]), "the data directory was made");
    }

    [Fact]
    public async Task Text_output_has_one_line_per_check()
    {
        ChildResult result = await AgentBinary.X64.RunAsync(["doctor", .. Flags]);

        Assert.True(result.ExitCode == 0, result.ToString());
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.All(lines[..^2], line => Assert.Matches("^(ok|warn|FAIL|skip) +[a-z -]+ ", line));
        Assert.Matches("^(all checks passed|no faults, [0-9]+ warnings?)$", lines[^1]);
    }

    [Fact]
    public async Task A_board_without_etc_passwd_is_checked()
    {
        string[] doctor = [AgentBinary.X64.Program, "doctor", .. Flags];
        ChildResult result = await ChildProcess.RunAsync(
            "unshare",
            ["-rm", "sh", "-c", "mount -t tmpfs none /etc && exec \"$@\"", "sh", .. doctor]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Matches("\nok +user +#0\n", result.Output);
    }

    [Fact]
    public async Task A_connected_agent_is_not_disturbed()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(["run", .. Flags]);
        await agent.WaitForLineAsync(line => line.Contains("subscribed to", StringComparison.Ordinal), "the connection");

        Diagnosis found = await Diagnosis.OfAsync(Flags);

        Assert.Equal(0, found.ExitCode);
        ChildResult status = await AgentBinary.X64.RunAsync(["status", "--data_dir", Scratch["agent"]]);
        Assert.Contains($"the agent runs as process {agent.Id} and is connected\n", status.Output, StringComparison.Ordinal);
        Assert.Contains($"process {agent.Id} ", found.Checks.Single(c => c.Name == "agent").Message, StringComparison.Ordinal);
        Assert.Contains("connect", found.Names("skipped"));
        await Cloud.CreateJobAsync("afterwards", Thing, Documents.Command("true"));
        await Cloud.WaitForStatusAsync(Thing, "afterwards", "SUCCEEDED");
        Assert.DoesNotContain("disconnected", agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_settings_are_reported()
    {
        Diagnosis found = await Diagnosis.OfAsync(["--endpoint", "localhost"]);

        found.AssertFirstFault("settings", 2, "--thing_name is missing");
    }
}
