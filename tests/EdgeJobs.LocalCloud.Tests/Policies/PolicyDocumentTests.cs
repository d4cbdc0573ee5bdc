using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Tests.Policies;

/// <summary>Which documents are accepted, and the errors and notes for the others.</summary>
public sealed class PolicyDocumentTests
{
    [Theory]
    [InlineData("", "the document is not valid JSON")]
    [InlineData("{", "the document is not valid JSON")]
    [InlineData("[]", "the document must be a JSON object")]
    [InlineData("""{"Statement":[]}""", "Version must be \"2012-10-17\"")]
    [InlineData("""{"Version":"2008-10-17","Statement":[]}""", "Version must be \"2012-10-17\"")]
    [InlineData("""{"Version":"2012-10-17"}""", "Statement is missing")]
    [InlineData("""{"Version":"2012-10-17","Statement":[]}""", "Statement is empty")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":[],"Owner":"me"}""",
        "the document: Owner is unknown; supported members: Version, Id, Statement")]
    [InlineData("""{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}""", "the document is not valid JSON")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"iot:*","Resource":"*"}}""",
        "Statement.Effect must be \"Allow\" or \"Deny\"")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}""", "Statement.Action is missing")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}""", "Statement.Action is empty")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"Publish","Resource":"*"}}""",
        "Statement.Action: 'Publish' is not a valid action")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:*"}}""", "Statement.Resource is missing")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:*","Resource":3}}""",
        "Statement.Resource must be a string or an array of strings")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:*","Resource":"topic/a"}}""",
        "Statement.Resource: 'topic/a' is not a valid resource")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:*","Resource":"arn:aws:iot:topic/a"}}""",
        "'arn:aws:iot:topic/a' is not a valid resource")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iot:*","Resource":"*"}}""",
        "Statement: NotAction is not supported by the local cloud")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},"""
        + """{"Effect":"Allow","Action":"*","NotResource":"*"}]}""",
        "Statement[1]: NotResource is not supported")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":"""
        + """{"DateLessThan":{"aws:CurrentTime":"2030"}}}}""",
        "Statement.Condition.DateLessThan.aws:CurrentTime: the local cloud does not support the operator DateLessThan")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":"""
        + """{"StringEquals":{"iot:DomainName":"x"}}}}""",
        "Statement.Condition.StringEquals.iot:DomainName: the local cloud does not support the key iot:DomainName")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":"""
        + """{"IpAddress":{"aws:SourceIp":"office"}}}}""",
        "'office' is not a valid value for IpAddress")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":"none"}}""",
        "Statement.Condition must be a JSON object")]
    public void Invalid_document_is_rejected_with_the_location(string json, string fault)
    {
        Assert.False(PolicyDocument.TryParse(json, out _, out string told));
        Assert.Contains(fault, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Document_has_at_most_2048_characters_without_white_space()
    {
        string Document(int length) =>
            $$"""{ "Version": "2012-10-17", "Statement": { "Sid": "{{new string('s', length)}}", """
            + """ "Effect": "Allow", "Action": "iot:*", "Resource": "*" } }""";
        int rest = Document(0).Count(character => character != ' ');
        Assert.True(PolicyDocument.TryParse(Document(2048 - rest), out _, out _));
        Assert.False(PolicyDocument.TryParse(Document(2049 - rest), out _, out string fault));
        Assert.Contains("2049 characters", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iot:Conect", "*", "iot:Conect is not one of AWS IoT Core's actions")]
    [InlineData("iot:*", "arn:aws:iot:eu-west-1:123456789012:topic/${iot:Thing.ThingName}", "does not support ${iot:Thing.ThingName}")]
    [InlineData("iot:*", "arn:aws:iot:eu-west-1:123456789012:/a", "is neither client/, topic/ nor topicfilter/")]
    [InlineData("iot:*", "arn:aws:iot:eu-west-1:account:topic/a", "'account' is not an account")]
    public void Ineffective_elements_get_notes(string action, string resource, string note) =>
        Assert.Contains(note, Assert.Single(
            Notes($$"""{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}""")), StringComparison.Ordinal);

    [Fact]
    public void ARNs_of_several_regions_get_a_note() => Assert.Contains(
        "the resources have several regions or accounts (eu-west-1, us-east-1, 123456789012)",
        Assert.Single(Notes("""
            [{"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:eu-west-1:123456789012:client/a"},
             {"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:us-east-1:123456789012:topic/a"}]
            """)),
        StringComparison.Ordinal);

    [Fact]
    public void Default_policy_has_no_notes() =>
        Assert.True(PolicyDocument.TryParse(DefaultPolicy.Json, out PolicyDocument document, out _) && document.Notes.Count == 0);

    private static IReadOnlyList<string> Notes(string statement)
    {
        Assert.True(PolicyDocument.TryParse(
            $$"""{"Version":"2012-10-17","Statement":{{statement}}}""", out PolicyDocument document, out string fault), fault);
        return document.Notes;
    }
}
