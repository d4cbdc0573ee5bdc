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
    public void Topics_of_the_jobs_service(string topic, bool jobs) => Assert.Equal(jobs, ReservedTopics.IsJobs(topic));
}
