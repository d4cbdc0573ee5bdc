using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>A board with a directory of versions.</summary>
internal sealed class InstallBoard : IDisposable
{
    public InstallBoard() => Board.WriteSystemctl(
        $"echo \"$*\" >> {Board["calls"]}; echo \"ActiveState=$(cat {Board["state"]} 2>/dev/null || echo active)\"; echo InvocationID=1");

    public StepBoard Board { get; } = new();

    public string Directory => Board["opt"];

    /// <summary>The end of the link; null if there is none.</summary>
    public string? Current => new FileInfo($"{Directory}/current").LinkTarget;

    public Action Changing { get; set; } = () => { };

    public string? TrustedKeys { get; set; }

    public string? SearchPath { get; set; }

    public long SpareBytes { get; set; }

    /// <summary>All files of all versions, and the link, with their content.</summary>
    public string Tree
    {
        get
        {
            StringBuilder tree = new();
            if (System.IO.Directory.Exists(Directory))
            {
                string below = $"{Directory}/current/";
                foreach (string path in System.IO.Directory.GetFileSystemEntries(Directory, "*", SearchOption.AllDirectories)
                    .Where(p => !p.StartsWith(below, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                {
                    string content = new FileInfo(path).LinkTarget is { } link ? "-> " + link
                        : File.Exists(path) ? (Path.GetFileName(path) == VersionDirectory.MarkName ? "(mark)" : File.ReadAllText(path))
                        : "/";
                    tree.Append(path.AsSpan(Directory.Length + 1)).Append(' ').Append(content).Append('\n');
                }
            }

            return tree.ToString();
        }
    }

    public void Dispose() => Board.Dispose();

    public string Archive(byte[] content, string name = "pump.tar")
    {
        File.WriteAllBytes(Board[name], content);
        return Board[name];
    }

    /// <summary>A plan for an archive with one file that has the version.</summary>
    public StepAction.Install Plan(string version) =>
        new(Archive(new TarBuilder().Folder("bin").File("bin/pump", version, "0000755").Build(), version + ".tar"), Directory, version);

    public Task<StepResult> RunAsync(StepAction action, int attempt = 1, CancellationToken cancellationToken = default)
    {
        DownloadOptions options = Board.Options() with
        {
            Changing = () => Changing(),
            TrustedKeys = TrustedKeys,
            SpareBytes = SpareBytes,
        };
        options = SearchPath is null ? options : options with { SearchPath = SearchPath };
        InstallStepRunner runner = new(new HealthCheckStepRunner(Board.Processes(), options), options);
        StepPlan step = new() { Name = "install", Action = action };
        return Board.RunAsync(runner, new StepContext("pump-7", "job-1", 3, 1, 5, step, attempt), cancellationToken);
    }

    public async Task InstallAsync(StepAction.Install plan, int attempt = 1) => StepBoard.AssertGood(await RunAsync(plan, attempt));

    /// <summary>Undoes the installation of the step.</summary>
    public Task<StepResult> RollBackAsync(StepAction.Install plan, int attempt = 1) => RunAsync(new StepAction.Rollback(plan, 0), attempt);

    /// <summary>Installs, which must fail and change nothing.</summary>
    public async Task<string> RefuseAsync(StepAction.Install plan)
    {
        string before = Tree;
        StepResult result = await RunAsync(plan);
        Assert.True(result is { End: StepEnd.Returned, Code: 1 } or { End: StepEnd.NotStarted }, "it succeeded");
        Assert.Equal(before, Tree);
        Assert.Empty(Board.Calls);

        // The rollback after it has nothing to undo.
        StepResult undone = await RollBackAsync(plan);
        Assert.True(undone is { Code: 0, Fault: "" }, undone.Describe());
        Assert.Equal(before, Tree);
        return result.Fault;
    }
}
