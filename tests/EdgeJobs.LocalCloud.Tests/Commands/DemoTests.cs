using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary><c>edgejobs-cloud demo</c> as a process: it always ends and deletes its files.</summary>
[Trait("Category", "Integration")]
public sealed class DemoTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Demo_succeeds_with_the_built_agent()
    {
        ChildResult result = await ChildProcess.RunAsync(CloudProcess.Program, ["demo"], ("TMPDIR", _directory.Path));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Matches("say-hello +SUCCEEDED +SUCCEEDED .* as expected", result.Output);
        Assert.Matches("read-settings +FAILED +FAILED .* as expected", result.Output);
        Assert.Matches("make-gold +REJECTED +REJECTED .* as expected", result.Output);
        Assert.Contains("edgejobs-cloud serve", result.Output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Early_exit_of_the_agent_is_reported_with_its_log()
    {
        ChildResult outcome = await RunAsync("echo 'no, thanks' >&2; exit 4");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("the agent exited with code 4 before the jobs ended", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("| no, thanks", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("The demo failed: the jobs did not end as expected.", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", outcome.Output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Agent_gets_existing_files()
    {
        // The script sees the agent's command line: --cert FILE --key FILE and so on.
        ChildResult outcome = await RunAsync("""
            while [ $# -gt 1 ]; do case $1 in --cert) cert=$2;; --key) key=$2;; --ca_file) ca=$2;; esac; shift; done
            openssl verify -CAfile "$ca" "$cert" >&2
            stat -c 'mode %a' "$key" >&2
            """);
        Assert.Contains("demo-board.pem: OK", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("mode 600", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_stops_the_agent_and_deletes_all_files(string signal)
    {
        await using ChildProcess demo = ChildProcess.Start(
            CloudProcess.Program, ["demo", "--agent", Script("exec sleep 1000")], ("TMPDIR", _directory.Path));
        const string mark = "It runs as process ";
        string line = await demo.WaitForLineAsync(line => line.Contains(mark, StringComparison.Ordinal), "the start of the agent");
        string agent = $"/proc/{line.Trim()[mark.Length..].Split(' ')[0]}/stat";
        await demo.WaitForLineAsync(line => line.Contains("make-gold      QUEUED", StringComparison.Ordinal), "the last job");
        Assert.True(File.Exists(agent), "the agent runs");

        await CloudServer.SignalAsync(demo, signal);
        ChildResult result = await demo.WaitForExitAsync();
        Assert.Equal(130, result.ExitCode);
        Assert.Contains("all files are deleted", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(agent), "the agent has ended");
        AssertNothingLeft();
    }

    [Fact]
    public async Task Missing_agent_prints_one_line()
    {
        ChildResult outcome = await CloudServer.RunAsync("demo", "--agent", _directory["edgejobs"]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"--agent {_directory["edgejobs"]}: no such file", outcome.Errors, StringComparison.Ordinal);
        Assert.Single(outcome.Errors.TrimEnd('\n').Split('\n'));
    }

    private Task<ChildResult> RunAsync(string script) =>
        ChildProcess.RunAsync(CloudProcess.Program, ["demo", "--agent", Script(script)], ("TMPDIR", _directory.Path));

    private string Script(string text)
    {
        string path = _directory.Write("agent", "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private void AssertNothingLeft() => Assert.Empty(Directory.GetDirectories(_directory.Path));
}
