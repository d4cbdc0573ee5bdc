using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Runs all attacks at once: one agent for each board, which ends when it has no more jobs.</summary>
public sealed class AttackRun : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly TestDirectory _directory = new();
    private readonly Dictionary<string, AttackSite> _sites = [];
    private readonly Dictionary<string, string> _answers = [];
    private ILookup<string, string> _before = null!;
    private ILookup<string, string> _after = null!;

    private string Root => _directory["attacked"];

    public async Task InitializeAsync()
    {
        using AttackKeys keys = new(_directory["keys"]);
        using TestCertificates certificates = new(_directory.Path);
        await using AttackServer https = new(certificates.IssueServer());
        await using AttackServer http = new(null);
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        List<string[]> runs = [];
        foreach (AttackBoard board in AttackBoard.All)
        {
            runs.Add(await ConfigureAsync(board, cloud, certificates));
        }

        foreach (Attack attack in Attack.All)
        {
            AttackSite site = new(attack, _sites.Count + 1, Root, keys, https, http);
            _sites.Add(attack.Id, site);
            await cloud.CreateJobAsync(site.Job, attack.Board.Thing, site.Prepare());
        }

        _before = await ListAsync();
        await Task.WhenAll(runs.Select(RunAsync));
        _after = await ListAsync();
        foreach (AttackSite site in _sites.Values)
        {
            ExecutionStatus end = await cloud.DescribeAsync(site.Attack.Board.Thing, site.Job);
            string reason = site.Redact(end.Detail("reason"))
                .Replace("step 1 of 1 'attack' failed: ", "", StringComparison.Ordinal)
                .Replace("not for this board: step 1 of 1 'attack': ", "", StringComparison.Ordinal);
            _answers.Add(site.Attack.Id, end.Status == "SUCCEEDED" ? end.Status : $"{end.Status} {reason}");
        }
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>How the agent answered.</summary>
    public string AnswerTo(string id) => _answers[id];

    /// <summary>The files that are other ones than before the attack, or have other content.</summary>
    public string[] ChangedFiles(string id)
    {
        AttackSite site = _sites[id];
        string[] directories = site.Attack.HasNoEffect || site.Attack.ChangesOwnFiles ? [site.Outside] : [site.Inside, site.Outside];
        return [.. directories.SelectMany(d => _before[d].Except(_after[d]).Concat(_after[d].Except(_before[d])))];
    }

    /// <summary>The new versions of the agent that are left on any board.</summary>
    public string[] AgentVersions() => [.. AttackBoard.All
        .Select(board => Path.Combine(_directory[board.Thing], "agent"))
        .Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories)];

    private static async Task RunAsync(string[] run)
    {
        await using ChildProcess agent = AgentBinary.X64.Start(run);
        ChildResult result = await agent.WaitForExitAsync(Patience);

        // 1 says that not all jobs succeeded.
        Assert.True(result.ExitCode is 0 or 1, result.ToString());
    }

    private async Task<string[]> ConfigureAsync(AttackBoard board, CloudProcess cloud, TestCertificates certificates)
    {
        ThingFiles files = await cloud.CreateThingAsync(board.Thing);
        string authorities = _directory.Write(
            board.Thing + "-ca.pem", await File.ReadAllTextAsync(files.CaFile) + await File.ReadAllTextAsync(certificates.CaFile));
        JsonObject settings = new() { ["trusted_keys"] = _directory["keys"] };
        if (board.Policy(AttackSite.RootOf(Root)) is { } policy)
        {
            policy["users"] = new JsonArray("root");
            settings["policy"] = policy;
        }

        return
        [
            "run", .. (files with { CaFile = authorities }).FlagsFor(cloud.Mqtts), "--data_dir", _directory[board.Thing], "--once",
            "--config", _directory.Write(board.Thing + ".json", settings.ToJsonString()),
        ];
    }

    // All that a change of a file changes: kind, mode, target of a link, inode, time and size, by directory of the attack.
    private async Task<ILookup<string, string>> ListAsync()
    {
        ChildResult found = await ChildProcess.RunAsync(
            "find", [Root, "-mindepth", "2", "-type", "d", "-printf", "%p|%m\n", "-o", "-printf", "%p|%y|%m|%l|%i|%T@|%s\n"]);
        Assert.True(found.ExitCode == 0, found.ToString());
        return found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToLookup(DirectoryOf, StringComparer.Ordinal);
    }

    private string DirectoryOf(string line)
    {
        string[] names = line[(Root.Length + 1)..].Split('/', '|');
        return string.Create(CultureInfo.InvariantCulture, $"{Root}/{names[0]}/{names[1]}");
    }
}
