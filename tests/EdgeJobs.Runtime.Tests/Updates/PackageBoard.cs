using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Updates;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>A board with the real dpkg and apt, whose packages are in a root directory of their own.</summary>
internal sealed class PackageBoard : IDisposable
{
    private readonly bool _hasApt;

    /// <param name="hasApt">Whether the board has apt.</param>
    public PackageBoard(bool hasApt = true)
    {
        _hasApt = hasApt;
        Packages = new PackageRoot(Board.Path, hasApt);
        Board.WriteSystemctl(
            $"echo \"systemctl $*\" >> {Board["calls"]}; echo \"ActiveState=$(cat {Board["state"]} 2>/dev/null || echo active)\"; "
                + "echo InvocationID=1");
    }

    public StepBoard Board { get; } = new();

    public PackageRoot Packages { get; }

    public string Archives => $"{Packages.Root}/var/cache/apt/archives";

    public bool HasSystemd { get; set; }

    public TimeSpan? Timeout { get; set; }

    public long SpareBytes { get; set; }

    public Action Changing { get; set; } = () => { };

    /// <summary>What dpkg changes, without the queries of the agent and of the units.</summary>
    public string[] Calls => [.. Board.Calls.Where(c => !c.Contains("--set-selections", StringComparison.Ordinal)
        && !c.StartsWith("systemctl show", StringComparison.Ordinal))];

    public string[] Copies => Directory.Exists(Board["data/packages"])
        ? [.. Directory.GetFiles(Board["data/packages"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
        : [];

    public void Dispose() => Board.Dispose();

    public Task<string> StateAsync() => Packages.StateAsync();

    public async Task<StepAction.Install> PackAsync(string version, params (string Name, string Text)[] scripts) =>
        StepAction.Install.OfPackage(await Packages.PackAsync(version, scripts));

    public Task<StepResult> RunAsync(StepAction action, int attempt = 1)
    {
        DownloadOptions options = Board.Options() with
        {
            Changing = () => Changing(),
            SpareBytes = SpareBytes,
            HasSystemd = HasSystemd,
            AptArchives = Archives,
        };
        options = _hasApt ? options : options with { SearchPath = Board["bin"] };
        InstallStepRunner runner = new(new HealthCheckStepRunner(Board.Processes(), options), options);
        StepPlan step = new() { Name = "install", Action = action, Timeout = Timeout };
        return Board.RunAsync(runner, new StepContext("pump-7", "job-1", 3, 1, 5, step, attempt));
    }

    public async Task InstallAsync(StepAction.Install plan, int attempt = 1) => StepBoard.AssertGood(await RunAsync(plan, attempt));

    /// <summary>Undoes the installation of the step.</summary>
    public Task<StepResult> RollBackAsync(StepAction.Install plan, int attempt = 1) => RunAsync(new StepAction.Rollback(plan, 0), attempt);

    /// <summary>Undoes the installation, which must succeed.</summary>
    public async Task<string> UndoAsync(StepAction.Install plan, int attempt = 1)
    {
        StepResult result = await RollBackAsync(plan, attempt);
        StepBoard.AssertGood(result);
        return result.Fault;
    }

    /// <summary>Installs, which must fail and change nothing.</summary>
    public async Task<string> RefuseAsync(StepAction.Install plan)
    {
        string before = await StateAsync();
        string[] copies = Copies;
        int calls = Board.Calls.Length;
        StepResult result = await RunAsync(plan);
        Assert.True(result is { End: StepEnd.Returned, Code: 1 } or { End: StepEnd.NotStarted }, "it succeeded");

        // The rollback after it has nothing to undo.
        Assert.Equal("", await UndoAsync(plan));
        Assert.Equal(before, await StateAsync());
        Assert.Equal(copies, Copies);
        Assert.Equal(calls, Board.Calls.Length);
        return result.Fault;
    }
}
