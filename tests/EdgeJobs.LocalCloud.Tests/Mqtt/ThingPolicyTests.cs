using EdgeJobs.LocalCloud.Mqtt;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

public sealed class ThingPolicyTests
{
    [Theory]
    [InlineData("pump", "$aws/things/pump/jobs/get", true)]
    [InlineData("pump", "$aws/things/pump/shadow/get", true)]
    [InlineData("pump", "$aws/things/pump2/jobs/get", false)]
    [InlineData("pump", "$aws/things/pum/jobs/get", false)]
    [InlineData("pump", "$aws/things/pump", false)]
    [InlineData("pump", "$aws/events/job/j/completed", false)]
    [InlineData("pump", "$SYS/anything", false)]
    [InlineData("pump", "telemetry/pump2", true)]
    [InlineData(null, "$aws/things/pump/jobs/get", true)]
    public void A_thing_publishes_to_its_own_topics_and_to_free_ones(string? thing, string topic, bool allowed) =>
        Assert.Equal(allowed, ThingPolicy.MayPublish(thing, topic));

    [Theory]
    [InlineData("pump", "$aws/things/pump/jobs/#", true)]
    [InlineData("pump", "$aws/things/pump/jobs/+/update/+", true)]
    [InlineData("pump", "$aws/things/+/jobs/#", false)]
    [InlineData("pump", "$aws/things/#", false)]
    [InlineData("pump", "$aws/#", false)]
    [InlineData("pump", "$aws/things/pump2/jobs/notify-next", false)]
    [InlineData("pump", "$share/group/$aws/things/pump2/jobs/notify-next", false)]
    [InlineData("pump", "$share/group/telemetry/#", true)]
    [InlineData("pump", "#", true)]
    [InlineData("pump", "+/things/pump2/jobs/notify", true)]
    [InlineData(null, "$aws/things/+/jobs/#", true)]
    public void A_thing_subscribes_to_its_own_topics_and_to_free_ones(string? thing, string filter, bool allowed) =>
        Assert.Equal(allowed, ThingPolicy.MaySubscribe(thing, filter));

    [Theory]
    [InlineData("pump", "pump", true)]
    [InlineData("pump", "pump2", false)]
    [InlineData(null, "anyone", true)]
    public void A_thing_connects_under_its_own_name(string? thing, string clientId, bool allowed) =>
        Assert.Equal(allowed, ThingPolicy.MayConnect(thing, clientId));

    [Theory]
    [InlineData("$aws/things/pump/jobs/get", true)]
    [InlineData("$aws/things/pump/jobs/", true)]
    [InlineData("$aws/things/pump/jobs", false)]
    [InlineData("$aws/things/pump/shadow/get", false)]
    [InlineData("aws/things/pump/jobs/get", false)]
    public void Topics_of_the_jobs_service(string topic, bool jobs) => Assert.Equal(jobs, ThingPolicy.IsJobs(topic));
}
