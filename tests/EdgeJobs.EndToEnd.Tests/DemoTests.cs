using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary><c>edgejobs-cloud demo</c>, the first command of the README.</summary>
public sealed class DemoTests : IDisposable
{
    private const string Mark = "EDGEJOBS_TEST_MARK";
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("the agent that was built with the cloud")]
    [InlineData("the native agent")]
    public async Task Demo_shows_three_outcomes_and_leaves_no_process_or_directory(string agent)
    {
        string mark = Guid.NewGuid().ToString();
        string[] arguments = agent == "the native agent" ? ["demo", "--agent", AgentBinary.X64.Program] : ["demo"];

        ChildResult result = await ChildProcess.RunAsync(CloudProcess.Program, arguments, (Mark, mark), ("TMPDIR", _directory.Path));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("SUCCEEDED", result.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED", result.Output, StringComparison.Ordinal);
        Assert.Contains("REJECTED", result.Output, StringComparison.Ordinal);
        Assert.Contains("Hello from the edge!", result.Output, StringComparison.Ordinal);
        Assert.Empty(ProcessesWith(mark));
        Assert.Empty(Directory.EnumerateDirectories(_directory.Path, "edgejobs-*"));
    }

    // All descendants of a process inherit the variable.
    private static List<string> ProcessesWith(string mark)
    {
        List<string> found = [];
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(process, "environ")).Contains($"{Mark}={mark}", StringComparison.Ordinal))
                {
                    found.Add(File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' '));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The process has ended, or belongs to another user.
            }
        }

        return found;
    }
}
