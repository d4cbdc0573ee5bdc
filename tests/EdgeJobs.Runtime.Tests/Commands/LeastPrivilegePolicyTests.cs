using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeJobs.Runtime.Commands;

namespace EdgeJobs.Runtime.Tests.Commands;

public sealed class LeastPrivilegePolicyTests
{
    private const string Arn = "arn:aws:iot:eu-central-1:123456789012:";
    private const string Jobs = "$aws/things/pump-7/jobs/";

    /// <summary>The resources that the AWS sample policy for the same operations allows.</summary>
    private static readonly Dictionary<string, string[]> Sample = new()
    {
        ["iot:Publish"] = ["topic/" + Jobs + "start-next", "topic/" + Jobs + "*/update", "topic/" + Jobs + "*/get",
            "topic/" + Jobs + "get"],
        ["iot:Receive"] = Replies("topic/"),
        ["iot:Subscribe"] = Replies("topicfilter/"),
        ["iot:Connect"] = ["client/test-*"],
    };

    [Fact]
    public void The_policy_of_an_agent()
    {
        JsonNode policy = JsonNode.Parse(LeastPrivilegePolicy.ForAgent().Write("eu-central-1", "123456789012", "pump-7", "test-pump-7"))!;
        Assert.Equal("2012-10-17", (string)policy["Version"]!);
        Assert.Equal([Arn + "client/test-pump-7"], Resources(policy, "iot:Connect"));
        Assert.Equal(
            [Arn + "topic/" + Jobs + "get", Arn + "topic/" + Jobs + "start-next", Arn + "topic/" + Jobs + "*/get",
            Arn + "topic/" + Jobs + "*/update"],
            Resources(policy, "iot:Publish"));
        Assert.Equal(
            [
                Arn + "topic/" + Jobs + "get/accepted", Arn + "topic/" + Jobs + "get/rejected",
                Arn + "topic/" + Jobs + "start-next/accepted", Arn + "topic/" + Jobs + "start-next/rejected",
                Arn + "topic/" + Jobs + "*/get/accepted", Arn + "topic/" + Jobs + "*/get/rejected",
                Arn + "topic/" + Jobs + "*/update/accepted", Arn + "topic/" + Jobs + "*/update/rejected",
                Arn + "topic/" + Jobs + "notify-next",
            ],
            Resources(policy, "iot:Receive"));
        Assert.Equal(
            [
                Arn + "topicfilter/" + Jobs + "get/+", Arn + "topicfilter/" + Jobs + "start-next/+",
                Arn + "topicfilter/" + Jobs + "+/get/+", Arn + "topicfilter/" + Jobs + "+/update/+",
                Arn + "topicfilter/" + Jobs + "notify-next",
            ],
            Resources(policy, "iot:Subscribe"));
    }

    [Theory]
    [InlineData(false, "create-from-csr")]
    [InlineData(true, "create")]
    public void The_policy_of_a_claim_certificate(bool keyOfService, string create)
    {
        JsonNode policy = JsonNode.Parse(LeastPrivilegePolicy.ForClaim(keyOfService)
            .WriteClaim("eu-central-1", "123456789012", "pumps", "*"))!;
        string certificates = Arn + "topic/$aws/certificates/" + create + "/json";
        string template = Arn + "topic/$aws/provisioning-templates/pumps/provision/json";
        Assert.Equal([Arn + "client/*"], Resources(policy, "iot:Connect"));
        Assert.Equal([certificates, template], Resources(policy, "iot:Publish"));
        Assert.Equal([certificates + "/accepted", certificates + "/rejected", template + "/accepted", template + "/rejected"],
            Resources(policy, "iot:Receive"));
        Assert.Equal(
            [(certificates + "/+").Replace("topic/", "topicfilter/", StringComparison.Ordinal),
            (template + "/+").Replace("topic/", "topicfilter/", StringComparison.Ordinal)],
            Resources(policy, "iot:Subscribe"));
    }

    [Fact]
    public void The_policy_grants_no_more_than_the_AWS_sample()
    {
        JsonNode policy = JsonNode.Parse(LeastPrivilegePolicy.ForAgent().Write("eu-central-1", "123456789012", "pump-7", "test-pump-7"))!;
        Assert.Equal(Sample.Keys.Order(), policy["Statement"]!.AsArray().Select(s => (string)s!["Action"]!).Order());
        foreach (JsonNode? statement in policy["Statement"]!.AsArray())
        {
            // No other member, which could widen the statement.
            Assert.Equal(["Effect", "Action", "Resource"], statement!.AsObject().Select(m => m.Key));
            Assert.Equal("Allow", (string)statement["Effect"]!);
            string action = (string)statement["Action"]!;
            Assert.All(Resources(policy, action), resource => Assert.Contains(Sample[action], allowed => Covers(Arn + allowed, resource)));
        }
    }

    /// <summary>Only a wildcard covers a wildcard.</summary>
    [Theory]
    [InlineData("jobs/*/get", "jobs/a/get", true)]
    [InlineData("jobs/*/get", "jobs/*/get", true)]
    [InlineData("jobs/*", "jobs/*/get", true)]
    [InlineData("jobs/*/get", "jobs/*", false)]
    [InlineData("jobs/a/get", "jobs/*/get", false)]
    [InlineData("jobs/get", "jobs/get/+", false)]
    [InlineData("jobs/get", "jobs_get", false)]
    public void A_resource_covers_another(string wide, string narrow, bool covers) => Assert.Equal(covers, Covers(wide, narrow));

    [Fact]
    public void A_wider_policy_is_detected() => Assert.DoesNotContain(Sample["iot:Publish"],
        allowed => Covers(Arn + allowed, Arn + "topic/" + Jobs + "*"));

    private static string[] Replies(string kind) =>
        [kind + Jobs + "notify-next", kind + Jobs + "start-next/*", kind + Jobs + "*/update/*", kind + Jobs + "get/*",
        kind + Jobs + "*/get/*"];

    private static string[] Resources(JsonNode policy, string action) =>
        [.. policy["Statement"]!.AsArray().Single(s => (string)s!["Action"]! == action)!["Resource"]!.AsArray().Select(r => (string)r!)];

    /// <summary>Whether the wide resource matches everything that the narrow one matches; * matches any text.</summary>
    private static bool Covers(string wide, string narrow) =>
        Regex.IsMatch(narrow, "^" + Regex.Escape(wide).Replace("\\*", ".*", StringComparison.Ordinal) + "$");
}
