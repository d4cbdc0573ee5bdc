using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>What is put on a board beside the binary.</summary>
public sealed class PackagingTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Systemd_finds_no_fault_with_the_unit()
    {
        // Where docs/guide/on-a-board.md installs it, there is no agent on this machine.
        string unit = (await File.ReadAllTextAsync(Repository.PathOf("packaging", "edgejobs.service")))
            .Replace("/usr/local/bin/edgejobs", AgentBinary.X64.Program, StringComparison.Ordinal);

        ChildResult result = await ChildProcess.RunAsync("systemd-analyze", ["verify", "--man=no", _directory.Write("edgejobs.service", unit)]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("edgejobs.service", result.Errors, StringComparison.Ordinal);
    }
}
