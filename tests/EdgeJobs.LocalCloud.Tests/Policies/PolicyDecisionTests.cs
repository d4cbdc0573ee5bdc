using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Tests.Policies;

public sealed class PolicyDecisionTests
{
    private const string Arn = "arn:aws:iot:us-east-1:000000000000:";

    [Theory]
    // Wildcards of the policy match across levels; those of MQTT are ordinary characters.
    [InlineData("topic/a/b", "topic/a/b", true)]
    [InlineData("topic/a/b", "topic/a/bc", false)]
    [InlineData("topic/a/b", "topic/A/b", false)]
    [InlineData("topic/a/*", "topic/a/b/c", true)]
    [InlineData("topic/a/*", "topic/a/", true)]
    [InlineData("topic/a/*", "topic/a", false)]
    [InlineData("topic/*/c", "topic/a/b/c", true)]
    [InlineData("topic/a?", "topic/ab", true)]
    [InlineData("topic/a?", "topic/a", false)]
    [InlineData("topic/a?", "topic/a/", true)]
    [InlineData("topic/*b*d", "topic/abbcbd", true)]
    [InlineData("topic/*b*d", "topic/abbcbdx", false)]
    [InlineData("*", "client/anyone", true)]
    [InlineData("topicfilter/a/+", "topicfilter/a/+", true)]
    [InlineData("topicfilter/a/+", "topicfilter/a/b", false)]
    [InlineData("topicfilter/a/#", "topicfilter/a/b", false)]
    [InlineData("topicfilter/a/*", "topicfilter/a/#", true)]
    [InlineData("topic/a", "topicfilter/a", false)]
    [InlineData("topic/$aws/things/x", "topic/$aws/things/x", true)]
    [InlineData("topic/${*}", "topic/*", true)]
    [InlineData("topic/${*}", "topic/a", false)]
    [InlineData("topic/${?}${$}", "topic/?$", true)]
    // Variables are values, not patterns; one without a value matches nothing.
    [InlineData("client/${iot:ClientId}", "client/pump-7", true)]
    [InlineData("topic/${iot:Connection.Thing.ThingName}/x", "topic/pump-7/x", true)]
    [InlineData("topic/${iot:Connection.Thing.ThingName}/x", "topic/pump-8/x", false)]
    [InlineData("topic/${iot:Connection.Thing.Attributes[site]}", "topic/north", true)]
    [InlineData("topic/${iot:Connection.Thing.Attributes[line]}", "topic/", false)]
    [InlineData("topic/${iot:Certificate.Subject.CommonName}", "topic/*", true)]
    [InlineData("topic/${iot:Certificate.Subject.CommonName}", "topic/anything", false)]
    [InlineData("topic/${iot:DomainName}", "topic/${iot:DomainName}", false)]
    [InlineData("topic/${open", "topic/${open", true)]
    public void Whole_resource_is_compared(string resource, string actual, bool allowed) =>
        Assert.Equal(allowed, Decide(Document(resource == "*" ? "*" : Arn + resource), actual).IsAllowed);

    [Theory]
    [InlineData("arn:aws:iot:eu-central-1:123456789012:topic/a", true)]
    [InlineData("arn:aws-cn:iot:cn-north-1:123456789012:topic/a", true)]
    [InlineData("arn:aws:iot:*:*:topic/a", true)]
    [InlineData("arn:aws:iot:eu-central-1:*", true)]
    [InlineData("arn:aws:iot:*", true)]
    [InlineData("arn:*:topic/a", true)]
    [InlineData("arn:aws:s3:eu-central-1:123456789012:topic/a", false)]
    [InlineData("arn:aws:iot:eu-central-1:123456789012:*b", false)]
    public void Any_region_and_account_match(string resource, bool allowed) =>
        Assert.Equal(allowed, Decide(Document(resource), "topic/a").IsAllowed);

    [Theory]
    [InlineData("iot:Publish", true)]
    [InlineData("iot:publish", true)]
    [InlineData("iot:*", true)]
    [InlineData("iot:Pub*", true)]
    [InlineData("*", true)]
    [InlineData("iot:Subscribe", false)]
    [InlineData("iotevents:*", false)]
    public void Actions_may_have_wildcards(string action, bool allowed) =>
        Assert.Equal(allowed, Decide(Document("*", action), "topic/a").IsAllowed);

    [Fact]
    public void Deny_overrides_allow()
    {
        const string Deny =
            """{"Sid":"NotThat","Effect":"Deny","Action":"iot:Publish","Resource":"arn:aws:iot:us-east-1:1:topic/a/secret"}""";
        const string Allow = """{"Effect":"Allow","Action":["iot:Publish"],"Resource":["arn:aws:iot:us-east-1:1:topic/a/*"]}""";
        (string, PolicyDocument)[] policies = [("first", Parse($"[{Allow}]")), ("second", Parse($"[{Allow},{Deny}]"))];
        Assert.True(Decide(policies, "topic/a/b").IsAllowed);
        Assert.Equal("statement 2 (NotThat) of policy second denies it", Decide(policies, "topic/a/secret").Reason);
        Assert.Equal("no statement of the policies first, second allows it", Decide(policies, "topic/b").Reason);
        Assert.Equal("no policy is attached to the certificate", Decide([], "topic/b").Reason);
    }

    [Fact]
    public void Deny_whose_variable_has_no_value_denies_nothing()
    {
        PolicyDocument document = Parse("""
            [{"Effect":"Allow","Action":"iot:*","Resource":"*"},
             {"Effect":"Deny","Action":"iot:*","Resource":"arn:aws:iot:us-east-1:1:topic/${iot:Connection.Thing.ThingName}"}]
            """);
        Assert.False(Decide([("p", document)], "topic/pump-7").IsAllowed);
        Assert.True(Decide([("p", document)], "topic/pump-7", Connection.Stranger).IsAllowed);
    }

    [Fact]
    public void Denial_names_the_statement_that_nearly_matched()
    {
        string unattached = Decide([(
            "p",
            Parse(
                """[{"Effect":"Allow","Action":"iot:*","Resource":"arn:aws:iot:us-east-1:1:topic/${iot:Connection.Thing.ThingName}"}]"""))],
            "topic/pump-7", Connection.Stranger).Reason;
        Assert.Equal(
            "no statement of policy p allows it (statement 1 uses ${iot:Connection.Thing.ThingName}, which has no value for this "
            + "connection: "
            + "the client id must be the name of a thing that the certificate is attached to)",
            unattached);
        string condition = Decide(
            [("p", Parse("""[{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"StringEquals":{"iot:ClientId":"x"}}}]"""))],
            "topic/a").Reason;
        Assert.Equal(
            "no statement of policy p allows it (statement 1 matches, but its condition StringEquals iot:ClientId does not hold)",
            condition);
    }

    [Theory]
    [InlineData("""{"StringEquals":{"iot:ClientId":"pump-7"}}""", true)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"PUMP-7"}}""", false)]
    [InlineData("""{"StringEqualsIgnoreCase":{"iot:ClientId":"PUMP-7"}}""", true)]
    [InlineData("""{"StringEquals":{"iot:ClientId":["a","pump-7"]}}""", true)]
    [InlineData("""{"StringNotEquals":{"iot:ClientId":["a","pump-7"]}}""", false)]
    [InlineData("""{"StringNotEquals":{"iot:ClientId":["a","b"]}}""", true)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"pump-*"}}""", false)]
    [InlineData("""{"StringLike":{"iot:ClientId":"pump-*"}}""", true)]
    [InlineData("""{"StringNotLike":{"iot:ClientId":"pump-*"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"${iot:Connection.Thing.ThingName}"}}""", true)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"pump-7"},"Bool":{"iot:Connection.Thing.IsAttached":"false"}}""", false)]
    [InlineData("""{"Bool":{"iot:Connection.Thing.IsAttached":["true"]}}""", true)]
    [InlineData("""{"Bool":{"iot:Connection.Thing.IsAttached":true}}""", true)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}""", true)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":["192.168.0.1","10.1.2.4"]}}""", false)]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":"10.1.2.3"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:Connection.Thing.ThingTypeName":"Pump"}}""", false)]
    [InlineData("""{"StringEqualsIfExists":{"iot:Connection.Thing.ThingTypeName":"Pump"}}""", true)]
    [InlineData("""{"StringNotEquals":{"iot:Connection.Thing.ThingTypeName":"Pump"}}""", true)]
    [InlineData("""{"Null":{"iot:Connection.Thing.ThingTypeName":"true"}}""", true)]
    [InlineData("""{"Null":{"iot:ClientId":"true"}}""", false)]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:Certificate.Subject.Organization.List":["Acme","Blue","Red"]}}""", true)]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:Certificate.Subject.Organization.List":["Acme"]}}""", false)]
    [InlineData("""{"ForAnyValue:StringEquals":{"iot:Certificate.Subject.Organization.List":["Blue"]}}""", true)]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", true)]
    [InlineData("""{"ForAnyValue:StringEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", false)]
    public void All_conditions_must_hold(string condition, bool allowed) =>
        Assert.Equal(allowed, Decide(
            [("p", Parse($$"""[{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{{condition}}}]"""))], "topic/a").IsAllowed);

    [Theory]
    // Operator, with a key that is present and one that is absent; then the same for a value whose variable has no value.
    [InlineData("StringEquals", false, false, false, false)]
    [InlineData("StringNotEquals", true, true, false, false)]
    [InlineData("StringLike", false, false, false, false)]
    [InlineData("StringNotLike", true, true, false, false)]
    [InlineData("StringEqualsIgnoreCase", false, false, false, false)]
    [InlineData("StringNotEqualsIgnoreCase", true, true, false, false)]
    [InlineData("StringEqualsIfExists", false, true, false, true)]
    [InlineData("StringNotEqualsIfExists", true, true, false, true)]
    [InlineData("ForAllValues:StringEquals", false, true, false, true)]
    [InlineData("ForAllValues:StringNotEquals", true, true, false, true)]
    [InlineData("ForAllValues:StringNotEqualsIfExists", true, true, false, true)]
    [InlineData("ForAnyValue:StringEquals", false, false, false, false)]
    [InlineData("ForAnyValue:StringNotEquals", true, false, false, false)]
    [InlineData("ForAnyValue:StringLike", false, false, false, false)]
    [InlineData("ForAnyValue:StringNotLike", true, false, false, false)]
    [InlineData("ForAnyValue:StringEqualsIfExists", false, false, false, false)]
    [InlineData("ForAnyValue:StringNotEqualsIfExists", true, false, false, false)]
    public void Allow_does_not_apply_to_unknown_values(
        string name, bool present, bool absent, bool presentUnresolved, bool absentUnresolved)
    {
        const string Present = "iot:ClientId", Absent = "iot:Connection.Thing.ThingTypeName";
        foreach (string unresolved in (string[])
            ["${iot:DomainName}", "${iot:Connection.Thing.Attributes[line]}", "x-${iot:Connection.Thing.ThingTypeName}"])
        {
            Assert.Equal(
                (present, absent, presentUnresolved, absentUnresolved),
                (Allows(name, Present, "other"), Allows(name, Absent, "other"),
                    Allows(name, Present, unresolved), Allows(name, Absent, unresolved)));
        }
    }

    [Theory]
    [InlineData("StringNotEquals", true)]
    [InlineData("StringNotLike", true)]
    [InlineData("StringEquals", false)]
    public void Deny_with_a_negated_comparison_applies_to_unknown_values(string name, bool denies)
    {
        PolicyDocument document = Parse($$$"""
            [{"Effect":"Allow","Action":"iot:*","Resource":"*"},
             {"Effect":"Deny","Action":"iot:*","Resource":"*",
                "Condition":{"{{{name}}}":{"iot:ClientId":"${iot:Connection.Thing.ThingName}"} } }]
            """);
        Assert.Equal(denies, !Decide([("p", document)], "topic/a", Connection.Stranger).IsAllowed);
    }

    [Theory]
    [InlineData("NullIfExists")]
    [InlineData("ForAnyValue:Null")]
    public void Null_has_no_variants(string name) => Assert.False(PolicyDocument.TryParse(
        $$$"""
        {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
            "Condition":{"{{{name}}}":{"iot:ClientId":"true"} } } }
        """,
        out _,
        out _));

    private static bool Allows(string name, string key, string value) => Decide(
        [("p", Parse($$$"""
            [{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"{{{name}}}":{"{{{key}}}":"{{{value}}}"} } }]
            """))],
        "topic/a").IsAllowed;

    private static PolicyDocument Document(string resource, string action = "iot:Publish") =>
        Parse($$"""[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]""");

    private static PolicyDocument Parse(string statements)
    {
        Assert.True(PolicyDocument.TryParse(
            $$"""{"Version":"2012-10-17","Statement":{{statements}}}""", out PolicyDocument document, out string fault), fault);
        return document;
    }

    private static PolicyDecision Decide(PolicyDocument document, string resource) => Decide([("p", document)], resource);

    private static PolicyDecision Decide((string, PolicyDocument)[] policies, string resource, Connection? connection = null) =>
        PolicyDecision.Of(policies, "iot:Publish", Arn + resource, connection ?? Connection.Pump);
}
