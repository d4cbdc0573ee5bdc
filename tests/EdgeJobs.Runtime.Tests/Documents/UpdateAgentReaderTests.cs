using System.Text;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Documents;

public sealed class UpdateAgentReaderTests
{
    private const string Sum = "1f2ec52b774368781bed1d1fb140a92e0eb6348090619c9291f9a5a3c8e8d151";

    [Fact]
    public void All_members_are_read()
    {
        StepPlan step = Read($$"""
            { "version": "1.4.0", "url": ["https://a/x", "https://b/x"], "sha256": "{{Sum}}", "size": "7", "signature": "aGk=",
              "signatureAlgorithm": "ecdsa-sha384", "confirmSeconds": 3600 }
            """);
        StepAction.UpdateAgent update = Assert.IsType<StepAction.UpdateAgent>(step.Action);
        Assert.Equal(("1.4.0", 3600, "update of the agent to version 1.4.0"), (update.Version, update.ConfirmSeconds, update.Describe()));
        Assert.Equal((Sum, 7L, "aGk="), (update.File.Sha256, update.File.Size, update.File.Signature!.Value));
        Assert.Equal(["https://a/x", "https://b/x"], update.File.Urls);
        Assert.Null(step.Timeout);
    }

    [Fact]
    public void The_new_version_has_300_s_by_default()
    {
        StepPlan step = Read($$"""{ "version": "1.4.0", "url": "https://a/x", "sha256": "{{Sum}}" }""");
        Assert.Equal(300, Assert.IsType<StepAction.UpdateAgent>(step.Action).ConfirmSeconds);
    }

    [Theory]
    [InlineData("", "input.version: missing; an updateAgent needs the version of the agent, MAJOR.MINOR.PATCH")]
    [InlineData("\"version\": \"1.4\"", "input.version: must be MAJOR.MINOR.PATCH, such as \"1.4.0\"")]
    [InlineData("\"version\": \"../x\"", "input.version: must be MAJOR.MINOR.PATCH, such as \"1.4.0\"")]
    [InlineData("\"version\": \"1.4.0\", \"sha256\": \"\"", "input.sha256: is empty; it must be the SHA-256 of the program")]
    [InlineData("\"version\": \"1.4.0\", \"sha256\": null", "input.sha256: missing; an updateAgent needs the SHA-256 of the program")]
    [InlineData("\"version\": \"1.4.0\", \"confirmSeconds\": 4", "input.confirmSeconds: must be 5 to 3600")]
    [InlineData(
        "\"version\": \"1.4.0\", \"path\": \"/a\"",
        "input.path: an updateAgent has no such member; its members are version, url, sha256, signature, signatureAlgorithm, size, "
            + "confirmSeconds")]
    public void An_input_that_is_wrong_says_where_and_why(string members, string fault)
    {
        string sum = members.Contains("sha256", StringComparison.Ordinal) ? "" : $", \"sha256\": \"{Sum}\"";
        string input = $$"""{ "url": "https://a/x"{{sum}}{{(members.Length == 0 ? "" : ", ")}}{{members}} }""";
        Assert.Equal($"invalid job document: steps[0].action.{fault}", Result(input, "").Reason);
    }

    [Theory]
    [InlineData("\"onInterruption\": \"skip\"", "onInterruption: an updateAgent always continues with the new version; remove it")]
    [InlineData("\"runAsUser\": \"root\"", "runAsUser: an updateAgent runs no program of the document; remove it")]
    public void A_member_without_effect_is_refused(string member, string fault) => Assert.Equal(
        $"invalid job document: steps[0].action.{fault}",
        Result($$"""{ "version": "1.4.0", "url": "https://a/x", "sha256": "{{Sum}}" }""", ", " + member).Reason);

    private static StepPlan Read(string input)
    {
        DocumentResult result = Result(input, "");
        Assert.True(result.IsValid, result.Reason);
        return result.Plan.Steps[0];
    }

    private static DocumentResult Result(string input, string more) => JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(
        $$"""
        { "version": "1.0", "steps": [ { "action": { "name": "n", "type": "updateAgent", "input": {{input}}{{more}} } } ] }
        """));
}
