using EdgeJobs.LocalCloud.Mqtt;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

public sealed class ReservedTopicsTests
{
    [Theory]
    [InlineData("$aws/things/pump/jobs/get", true)]
    [InlineData("$aws/things/pump/jobs/", true)]
    [InlineData("$aws/things/pump/jobs", false)]
    [InlineData("$aws/things/pump/shadow/get", false)]
    [InlineData("aws/things/pump/jobs/get", false)]
    public void Jobs_topics_are_recognized(string topic, bool jobs) => Assert.Equal(jobs, ReservedTopics.IsJobs(topic));
}
