namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>
/// Jobs that attack the board, run by the native agent. Each row of the table is one change of a step that succeeds without it: the agent
/// rejects it or fails with its message, and no file has changed.
/// </summary>
public sealed class AttackTests(AttackRun run) : IClassFixture<AttackRun>
{
    private const string Rewrite = "EDGEJOBS_REWRITE";

    public static TheoryData<string> Rows => [.. Attack.All.Select(attack => attack.Id)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_attack_has_no_effect(string id)
    {
        string answer = run.AnswerTo(id);
        Assert.True(Attack.All.Single(attack => attack.Id == id).Expects(answer), answer);
        Assert.Empty(run.ChangedFiles(id));
    }

    [Fact]
    public void No_board_has_another_agent() => Assert.Empty(run.AgentVersions());

    [Fact]
    public void The_table_of_attacks_is_up_to_date()
    {
        string page = File.ReadAllText(AttackPage.Path);
        string expected = AttackPage.Write(page);
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            File.WriteAllText(AttackPage.Path, expected);
        }
        else
        {
            Assert.True(
                page == expected,
                $"{AttackPage.Path} is not up to date; run: {Rewrite}=1 dotnet test tests/EdgeJobs.EndToEnd.Tests -c Release "
                    + $"--filter {nameof(The_table_of_attacks_is_up_to_date)}");
        }
    }
}
