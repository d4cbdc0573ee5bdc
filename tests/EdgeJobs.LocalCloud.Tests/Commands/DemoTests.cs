using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary><c>edgejobs-cloud demo</c> as a process: whatever happens, it ends and leaves nothing behind.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_whole_story_ends_well_with_the_agent_that_was_built_along()
    {
        ChildResult result = await ChildProcess.RunAsync(CloudProcess.Program, ["demo"], ("TMPDIR", _directory.Path));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Matches("say-hello +SUCCEEDED +SUCCEEDED .* as it should", result.Output);
        Assert.Matches("read-settings +FAILED +FAILED .* as it should", result.Output);
        Assert.Matches("make-gold +REJECTED +REJECTED .* as it should", result.Output);
        Assert.Contains("edgejobs-cloud serve", result.Output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task An_agent_that_ends_early_is_reported_with_its_log()
    {
        ChildResult outcome = await RunAsync("echo 'no, thanks' >&2; exit 4");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("the agent ended with exit code 4 before the jobs did", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("| no, thanks", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("The demo did not go as it should.", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", outcome.Output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task The_agent_gets_files_it_can_use()
    {
        // The script sees the command line of an agent: --cert FILE --key FILE and so on.
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
    public async Task An_interruption_ends_the_agent_and_cleans_up(string signal)
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
        Assert.Contains("nothing is left behind", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(agent), "the agent has ended");
        AssertNothingLeft();
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_one_line()
    {
        ChildResult outcome = await CloudServer.RunAsync("demo", "--agent", _directory["edgejobs"]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"--agent {_directory["edgejobs"]}: there is no such file", outcome.Errors, StringComparison.Ordinal);
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
