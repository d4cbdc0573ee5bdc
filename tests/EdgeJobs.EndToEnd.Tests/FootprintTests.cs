using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Compares the figures of the native agent that do not depend on the load of the machine with the stored ones.</summary>
[Collection(Alone.Name)]
public sealed class FootprintTests
{
    [Fact]
    public async Task Stays_within_the_stored_footprint()
    {
        string program = Path.Combine(
            Repository.PathOf("bench", "footprint", "bin"),
            Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!,
            "net10.0",
            "edgejobs-footprint");

        ChildResult result = await ChildProcess.RunAsync(
            program,
            [
                "--binary", AgentBinary.X64.Program, "--jobs", "100", "--idle", "8", "--starts", "1",
                "--compare", Repository.PathOf("bench", "footprint", "baseline.json"),
            ]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
