using System.Globalization;
using EdgeJobs.EndToEnd.Tests;
using Xunit.Abstractions;

namespace EdgeJobs.Board.Tests;

/// <summary>As <see cref="PackageTests"/>, with the memory of the agent: once for each size of pages, because the test waits for minutes.</summary>
public abstract class PackageWithMemoryTests(InstalledBoard installed, ITestOutputHelper output) : PackageTests(installed, output)
{
    /// <summary><c>EDGEJOBS_TEST_BOARD_JOBS</c> is the number of jobs (default: 10).</summary>
    [Fact]
    public async Task Jobs_leave_no_memory_behind()
    {
        const int MaxGrowth = 512;
        int jobs = TestNumber.FromEnvironment("EDGEJOBS_TEST_BOARD_JOBS", 10);
        await Installed.ConfigureAsync();
        await Installed.RunJobAsync("warm", Documents.Command("true"));
        BoardMemory before = await BoardMemory.OfIdleAgentAsync(Installed.Board);
        for (int i = 1; i <= jobs; i++)
        {
            await Installed.RunJobAsync(string.Create(CultureInfo.InvariantCulture, $"small-{i}"), Documents.Command("true"));
        }

        BoardMemory after = await BoardMemory.OfIdleAgentAsync(Installed.Board);
        Output.WriteLine($"pages of {Installed.Image.PageSize} bytes; after 1 job: {before}, after {jobs} more: {after}");
        Assert.True(after.PrivateDirty <= before.PrivateDirty + MaxGrowth, $"{before} {after}");
    }
}
