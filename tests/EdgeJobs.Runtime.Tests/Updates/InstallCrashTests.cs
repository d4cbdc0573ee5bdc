using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>The agent ends before each change of the disk, in an installation and in a rollback, and starts again.</summary>
public sealed class InstallCrashTests
{
    private const string Crash = "InvalidOperationException: the agent ends here";

    [Theory]
    [InlineData(null)]
    [InlineData("1.0")]
    public async Task The_current_version_is_whole_at_every_moment_of_an_installation(string? before)
    {
        int changes = 0;
        for (int end = 1; ; end++)
        {
            using InstallBoard board = await StartAsync(before);
            StepAction.Install plan = Plan(board);
            StepResult result = await EndAtAsync(board, end, () => board.RunAsync(plan));
            AssertWhole(board, before);
            if (result.Code == 0)
            {
                break;
            }

            changes++;
            Assert.Equal(Crash, result.Fault);
            await board.InstallAsync(plan, attempt: 2);
            AssertWhole(board, before);
            Assert.Equal("2.0", board.Current);
            Assert.DoesNotContain("\n.", "\n" + board.Tree, StringComparison.Ordinal);

            // The record of the first attempt has the version before.
            StepResult undone = await board.RollBackAsync(plan);
            StepBoard.AssertGood(undone);
            Assert.Equal(before, board.Current);
        }

        // The staging directory, its mark and end, two entries, the version, the record, three of the link; and the directory of all.
        Assert.Equal(before is null ? 11 : 10, changes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1.0")]
    public async Task An_interrupted_installation_can_be_rolled_back(string? before)
    {
        for (int end = 1; ; end++)
        {
            using InstallBoard board = await StartAsync(before);
            StepAction.Install plan = Plan(board);
            StepResult result = await EndAtAsync(board, end, () => board.RunAsync(plan));
            StepBoard.AssertGood(await board.RollBackAsync(plan));
            Assert.Equal(before, board.Current);
            if (result.Code == 0)
            {
                break;
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1.0")]
    public async Task An_interrupted_rollback_runs_again(string? before)
    {
        int changes = 0;
        for (int end = 1; ; end++)
        {
            using InstallBoard board = await StartAsync(before);
            StepAction.Install plan = Plan(board);
            await board.InstallAsync(plan);
            StepResult result = await EndAtAsync(board, end, () => board.RollBackAsync(plan));
            AssertWhole(board, before);
            if (result.Code == 0)
            {
                break;
            }

            changes++;
            Assert.Equal(Crash, result.Fault);
            result = await board.RollBackAsync(plan, attempt: 2);
            StepBoard.AssertGood(result);
            Assert.Equal($"{board.Directory} {(before is null ? "has no current version, as before" : "is 1.0 again")}", result.Fault);
            Assert.Equal(before, board.Current);
        }

        Assert.True(changes >= 2);
    }

    private static async Task<InstallBoard> StartAsync(string? before)
    {
        InstallBoard board = new();
        if (before is not null)
        {
            await board.InstallAsync(board.Plan(before));
        }

        return board;
    }

    private static StepAction.Install Plan(InstallBoard board) => board.Plan("2.0") with { Units = ["pump.service"] };

    private static async Task<StepResult> EndAtAsync(InstallBoard board, int end, Func<Task<StepResult>> run)
    {
        int change = 0;
        board.Changing = () =>
        {
            if (++change == end)
            {
                throw new InvalidOperationException("the agent ends here");
            }
        };
        StepResult result = await run();
        board.Changing = () => { };
        return result;
    }

    /// <summary>The link names a version with all its files; it may be missing only if there was none before.</summary>
    private static void AssertWhole(InstallBoard board, string? before)
    {
        Assert.True(before is null || board.Current is not null, "there is no current version");
        if (board.Current is { } current)
        {
            Assert.Equal(current, File.ReadAllText($"{board.Directory}/current/bin/pump"));
            Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode($"{board.Directory}/{current}"));
        }
    }
}
