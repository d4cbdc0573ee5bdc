using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent installs versions from archives, is killed at random moments and at each file operation, and goes back when a job
/// fails.
/// </summary>
public sealed class InstallStepTests : CloudTests
{
    private const int Rounds = 20;

    private int _fileCount = 300;

    private string Opt => Scratch["opt"];

    private string? Current => new FileInfo(Scratch["opt/current"]).LinkTarget;

    [Fact]
    public async Task A_job_whose_health_check_fails_goes_back_to_the_version_before()
    {
        ExecutionStatus end = await RunJobAsync("first", await PackAsync("1.0"), isHealthy: true);
        Assert.Equal("SUCCEEDED", end.Status);
        end = await RunJobAsync("second", await PackAsync("2.0"), isHealthy: false);
        Assert.Equal("FAILED", end.Status);
        Assert.StartsWith(
            "step 2 of 2 'check' failed: timed out after 1 s (good 0 of 1 times in a row; the last check: exit code 1); rolled back: ",
            end.Detail("reason"),
            StringComparison.Ordinal);
        Assert.EndsWith($"rolled back: {Opt} is 1.0 again", end.Detail("reason"), StringComparison.Ordinal);
        Assert.Equal(("done", "2/2"), (end.Detail("rollback"), end.Detail("step")));
        Assert.Equal("1.0", Current);
        AssertWhole();
        Assert.True(Directory.Exists($"{Opt}/2.0"));

        end = await RunJobAsync("third", await PackAsync("3.0"), isHealthy: false, rollback: false);
        Assert.Equal(("FAILED", "3.0"), (end.Status, Current));
    }

    [Fact]
    public async Task The_current_version_is_whole_after_each_kill()
    {
        await RunJobAsync("before", await PackAsync("0.0"), isHealthy: true);
        Random random = new(4711);
        string expected = "0.0";
        for (int round = 1; round <= Rounds; round++)
        {
            string version = string.Create(CultureInfo.InvariantCulture, $"{round}.0");
            bool isHealthy = round % 2 == 0;
            string job = $"job-{round}";
            await Cloud.CreateJobAsync(job, Thing, Document(await PackAsync(version), isHealthy, rollback: true));
            for (int kill = random.Next(1, 4); kill > 0; kill--)
            {
                await using ChildProcess agent = ChildProcess.Start(AgentBinary.X64.Program, [.. Run, "--once"]);
                await Task.Delay(random.Next(50, 800));
                await agent.KillAsync();
                AssertWhole();
                Assert.Contains(Current, (string[])[expected, version]);
            }

            await AgentBinary.X64.RunAsync([.. Run, "--once"]);
            ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, job, isHealthy ? "SUCCEEDED" : "FAILED");
            expected = isHealthy ? version : expected;
            Assert.True(Current == expected, $"round {round}: {Current} instead of {expected}; {end.Detail("reason")}");
            AssertWhole();
        }

        Assert.Empty(Directory.GetFileSystemEntries(Opt, ".*"));
    }

    [Theory]
    [InlineData("mkdirat", true)]
    [InlineData("fsync", true)]
    [InlineData("fsync", false)]
    [InlineData("fdatasync", true)]
    [InlineData("fdatasync", false)]
    [InlineData("renameat", true)]
    [InlineData("renameat", false)]
    [InlineData("symlinkat", true)]
    [InlineData("symlinkat", false)]
    [InlineData("unlinkat", true)]
    [InlineData("unlinkat", false)]
    [InlineData("fchmod", true)]
    public async Task Killed_at_any_call_the_current_version_is_whole(string call, bool isHealthy)
    {
        _fileCount = 3;
        await RunJobAsync("before", await PackAsync("0.0"), isHealthy: true);
        string expected = "0.0";
        for (int number = 1; true; number++)
        {
            string version = string.Create(CultureInfo.InvariantCulture, $"{number}.0");
            string job = $"job-{number}";
            await Cloud.CreateJobAsync(job, Thing, Document(await PackAsync(version), isHealthy, rollback: true));
            ChildResult first = await ChildProcess.RunAsync(
                "strace", [.. KillAtCall.Words(call, number), AgentBinary.X64.Program, .. Run, "--once"]);
            AssertWhole();
            Assert.Contains(Current, (string[])[expected, version]);
            bool isKilled = first.ExitCode == KillAtCall.ExitCode;
            if (isKilled)
            {
                await AgentBinary.X64.RunAsync([.. Run, "--once"]);
            }

            ExecutionStatus end = await Cloud.DescribeAsync(Thing, job);
            Assert.True(end.Status == (isHealthy ? "SUCCEEDED" : "FAILED"), $"{call} {number}: {end}\n{first}");
            expected = isHealthy ? version : expected;
            Assert.True(Current == expected, $"{call} {number}: {Current} instead of {expected}; {end.Detail("reason")}");
            AssertWhole();
            Assert.Empty(Directory.GetFileSystemEntries(Opt, ".*"));
            if (!isKilled)
            {
                Assert.True(number > 1, $"the agent does not call {call}");
                break;
            }
        }
    }

    private async Task<ExecutionStatus> RunJobAsync(string job, JsonObject install, bool isHealthy, bool rollback = true)
    {
        await Cloud.CreateJobAsync(job, Thing, Document(install, isHealthy, rollback));
        await AgentBinary.X64.RunAsync([.. Run, "--once"]);
        return await Cloud.WaitForStatusAsync(Thing, job, isHealthy ? "SUCCEEDED" : "FAILED");
    }

    private static string Document(JsonObject install, bool isHealthy, bool rollback)
    {
        JsonObject check = new()
        {
            ["name"] = "check",
            ["type"] = "healthCheck",
            ["timeoutSeconds"] = isHealthy ? 60 : 1,
            ["input"] = new JsonObject { ["command"] = isHealthy ? "true" : "false", ["times"] = 1, ["intervalSeconds"] = 1 },
        };
        JsonObject document = JsonNode.Parse(Documents.Steps((JsonObject)install.DeepClone(), check))!.AsObject();
        document["rollback"] = rollback;
        return document.ToJsonString(JsonSerializerOptions.Default);
    }

    /// <summary>Makes an archive of many files that have the version.</summary>
    private async Task<JsonObject> PackAsync(string version)
    {
        string archive = Scratch["update.tar.gz"];
        string script = $"rm -rf tree && mkdir tree && cd tree && for i in $(seq {_fileCount}); do echo {version} > $i; done && "
            + $"tar -czf {archive} . && chmod 644 {archive}";
        ChildResult packed = await ChildProcess.RunAsync("sh", ["-c", $"cd {Scratch.Path} && {script}"]);
        Assert.True(packed.ExitCode == 0, packed.Errors);
        return new JsonObject
        {
            ["name"] = "install",
            ["type"] = "install",
            ["input"] = new JsonObject { ["archive"] = archive, ["directory"] = Opt, ["version"] = version },
        };
    }

    private void AssertWhole()
    {
        Assert.NotNull(Current);
        string[] files = [.. Directory.GetFiles($"{Opt}/current").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0]))];
        Assert.Equal(_fileCount, files.Length);
        Assert.All(files, f => Assert.Equal(Current, File.ReadAllText(f).Trim()));
    }
}
