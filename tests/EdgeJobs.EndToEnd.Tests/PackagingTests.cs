using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The files that are installed on a board with the binary.</summary>
public sealed class PackagingTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Systemd_accepts_the_unit()
    {
        // There is no agent on this machine at the path where docs/guide/on-a-board.md installs it.
        string unit = (await File.ReadAllTextAsync(Repository.PathOf("packaging", "edgejobs.service")))
            .Replace("/usr/local/bin/edgejobs", AgentBinary.X64.Program, StringComparison.Ordinal);

        ChildResult result = await ChildProcess.RunAsync(
            "systemd-analyze",
            ["verify", "--man=no", _directory.Write("edgejobs.service", unit)]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("edgejobs.service", result.Errors, StringComparison.Ordinal);
    }
}
