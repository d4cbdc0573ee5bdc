
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Documents;

/// <summary>What the conditions of a job document mean.</summary>
public sealed class ConditionTests
{
    [Theory]
    [InlineData(ConditionType.StringEqual, "arm64", "arm64|x64", true)]
    [InlineData(ConditionType.StringEqual, "ARM64", "arm64", false)]
    [InlineData(ConditionType.StringEqual, "", "arm64", false)]
    [InlineData(ConditionType.StringNotEqual, "arm64", "x64", true)]
    [InlineData(ConditionType.StringNotEqual, "arm64", "x64|arm64", false)]
    [InlineData(ConditionType.StringLike, "pump-17", "pump-*", true)]
    [InlineData(ConditionType.StringLike, "pump-17", "*-1?", true)]
    [InlineData(ConditionType.StringLike, "pump-17", "p*1*7*", true)]
    [InlineData(ConditionType.StringLike, "pump-17", "pump", false)]
    [InlineData(ConditionType.StringLike, "pump", "pump?", false)]
    [InlineData(ConditionType.StringLike, "", "*", true)]
    [InlineData(ConditionType.StringNotLike, "pump-17", "valve-*|fan-*", true)]
    [InlineData(ConditionType.StringNotLike, "pump-17", "valve-*|pump-*", false)]
    [InlineData(ConditionType.VersionAtLeast, "6.10.2-rpi7", "6.9", true)]
    [InlineData(ConditionType.VersionAtLeast, "6.1", "6.1.0", false)]
    [InlineData(ConditionType.VersionAtLeast, "6.1.0", "6.1", true)]
    [InlineData(ConditionType.VersionAtLeast, "12", "12", true)]
    [InlineData(ConditionType.VersionAtLeast, "", "1", false)]
    [InlineData(ConditionType.VersionBelow, "5.15", "6.1", true)]
    [InlineData(ConditionType.VersionBelow, "6.1", "6.1", false)]
    [InlineData(ConditionType.VersionBelow, "5.15", "6.1|5.10", false)]
    [InlineData(ConditionType.VersionAtLeast, "99999999999999999999.1", "2", true)]
    public void A_fact_meets_a_condition_or_not(object type, string fact, string values, bool isMet) =>
        Assert.Equal(isMet, new Condition("hostname", (ConditionType)type, values.Split('|')).IsMetBy(fact));

    [Fact]
    public void Facts_come_from_the_board()
    {
        BoardFacts facts = new("pump-17", ["# a comment", "ID=raspbian", "ID_LIKE=debian", "VERSION_ID=\"12\""]);
        Assert.Equal(
            ("raspbian", "debian", "12", "", "pump-17", EdgeJobsAgent.Version, Environment.MachineName),
            (facts["operatingSystem"], facts["osRelease.ID_LIKE"], facts["osRelease.VERSION_ID"], facts["osRelease.NONE"],
            facts["thingName"], facts["agentVersion"], facts["hostname"]));
        Assert.Matches("^[0-9]+[.][0-9]+", facts["kernelVersion"]);
        Assert.Matches("^(x64|arm64|arm)$", facts["architecture"]);
        Assert.Equal("linux", new BoardFacts("t", [])["operatingSystem"]);
        Assert.True(BoardFacts.Knows("osRelease.X"));
        Assert.False(BoardFacts.Knows("osRelease."));
        Assert.NotEqual("", BoardFacts.Read("t")["operatingSystem"]);
    }

    [Fact]
    public void The_reference_and_the_spec_name_every_fact()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "reference", "job-document.md"));
        string spec = File.ReadAllText(Repository.PathOf("topics.json"));
        Assert.All(BoardFacts.Keys, key => Assert.Contains($"| `{key}` |", page, StringComparison.Ordinal));
        Assert.All(BoardFacts.Keys, key => Assert.Contains($"`{key}`, ", spec, StringComparison.Ordinal));
    }

    [Fact]
    public void Unmet_conditions_are_reported_with_the_facts()
    {
        BoardFacts facts = new("pump-17", ["VERSION_ID=11"]);
        Assert.Equal(
            "osRelease.VERSION_ID is at least '12', but on this board it is '11'; thingName is not like 'pump-*', but on this board it is 'pump-17'",
            facts.FindUnmet(
            [
                new Condition("osRelease.VERSION_ID", ConditionType.VersionAtLeast, ["12"]),
                new Condition("thingName", ConditionType.StringEqual, ["pump-17"]),
                new Condition("thingName", ConditionType.StringNotLike, ["pump-*"]),
            ]));
        Assert.Equal("", facts.FindUnmet([]));
    }
}
