using System.Text;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Handlers;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>
/// Every way in which a document makes a process run, as every user, under every policy, for an agent that is root and for one that is
/// not: the job is accepted, or rejected before its first step. <see cref="PolicyTable"/> says what is expected.
/// </summary>
[Collection("environment")]
public sealed class PolicyTableTests : IDisposable
{
    private const string SearchPath = "relative:/usr/bin";
    private static readonly ExecutionPolicy?[] Policies = [.. PolicyTable.Policies.Select(p => Policy(p.Text))];
    private readonly StepRunnerFixture _steps = new();

    public static TheoryData<int, string, string, string, string, bool> Cells => PolicyTable.Cells();

    public void Dispose() => _steps.Dispose();

    [Fact]
    public void The_table_is_complete() => Assert.Equal(PolicyTable.Policies.Count * PolicyTable.CellsOfOnePolicy, Cells.Count);

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_job_is_accepted_or_rejected(int policy, string policyText, string document, string agent, string user, bool isAccepted)
    {
        uint agentId = LocalUser.Find(agent)!.Id;
        string text = PolicyTable.Document(document, user == PolicyTable.Own ? agent : user);
        string? reason = Policies[policy]?.Check(Plan(text), SearchPath, "/", agentId);
        Assert.True(isAccepted == reason is null,
            $"policy {policy}: {policyText}, {document} as {user}, agent {agent}: {reason ?? "accepted"}");
    }

    /// <summary>The same by real processes, in the runner itself: it checks each step again when it starts.</summary>
    [Theory]
    [MemberData(nameof(PolicyTable.PolicyNumbers), MemberType = typeof(PolicyTable))]
    public async Task A_step_that_is_rejected_does_not_start(int number)
    {
        Directory.CreateDirectory(_steps.Directory["listed"]);
        Directory.CreateDirectory(_steps.Directory["elsewhere"]);
        string handler = _steps.Handler("show.sh", "#!/bin/sh\n:\n");
        File.Copy(handler, _steps.Directory["listed/show.sh"]);
        File.Copy(handler, _steps.Directory["elsewhere/show.sh"]);
        ExecutionPolicy? policy = Policy(InPlace(PolicyTable.Policies[number].Text));
        using StepRunnerFixture steps = new(with: o => o with { HandlerDirectory = _steps.Directory["handlers"], Policy = policy });
        string agent = Environment.IsPrivilegedProcess ? "root" : "daemon";
        List<string> wrong = [];
        foreach ((string document, string user, bool isAccepted) in PolicyTable.Rows(number, agent).Where(IsRun))
        {
            bool canStart = true;
            foreach (StepPlan step in Plan(InPlace(PolicyTable.Document(document, user))).Steps)
            {
                StepResult result = await steps.RunAsync(step);
                Assert.True(result is { End: StepEnd.Exited, Code: 0 } or { End: StepEnd.NotStarted }, $"{document}: {result.Describe()}");
                canStart &= result.End == StepEnd.Exited;
            }

            if (canStart != isAccepted)
            {
                wrong.Add($"{document} as {user} {(canStart ? "started" : "did not start")}");
            }
        }

        Assert.True(wrong.Count == 0, $"{PolicyTable.Policies[number].Text}: {string.Join(", ", wrong)}");
    }

    // A handler runs as the agent's user, whatever the document says; a command as another user needs a launcher, which other tests start.
    private static bool IsRun((string Document, string User, bool IsAccepted) row) => row.Document != "operation"
        && (row.User == PolicyTable.NoUser || (row.User == "nobody" && row.Document.StartsWith("handler", StringComparison.Ordinal)));

    private static ExecutionPolicy? Policy(string text)
    {
        if (text == PolicyTable.NoPolicy)
        {
            return null;
        }

        using TestDirectory directory = new();
        string file = directory.Write("config.json",
            $$"""{ "endpoint": "e", "cert": "c", "key": "k", "thing_name": "t", "policy": {{text}} }""");
        return SettingsReader.ReadRun(["--config", file]).Policy;
    }

    private static JobPlan Plan(string document)
    {
        JobHandlers handlers = new();
        handlers.Add(new SetLedHandler((_, _, _) => throw new InvalidOperationException("not to be called")));
        DocumentResult result = new JobDocumentReader(handlers.Kinds).Read(Encoding.UTF8.GetBytes(document));
        Assert.True(result.IsValid, result.Reason);
        return result.Plan!;
    }

    private string InPlace(string text) => text
        .Replace(PolicyTable.ListedDirectory, _steps.Directory["listed"], StringComparison.Ordinal)
        .Replace(PolicyTable.OtherDirectory, _steps.Directory["elsewhere"], StringComparison.Ordinal);
}
