using CsCheck;

namespace EdgeJobs.Protocol.Tests;

public sealed class TopicTests
{
    private static readonly Gen<string> Thing = Gen.String[Gen.Char["abcxyzABC019:_-"], 1, 128];
    private static readonly Gen<string> Job = Gen.OneOf(
        Gen.String[Gen.Char["abcxyzABC019_-"], 1, 64],
        Gen.OneOf(new[] { "get", "update", "accepted", "rejected", "start-next", "notify", "notify-next", "jobs",
        "$next" }.Select(Gen.Const).ToArray()));

    private delegate bool Formatter(Span<char> destination, ReadOnlySpan<char> thing, ReadOnlySpan<char> job, out int written);

    [Fact]
    public void Built_topics_are_matched()
    {
        Gen.Select(Thing, Job).Sample((thing, job) =>
        {
            Span<char> buffer = stackalloc char[256];
            foreach ((JobsChannel channel, Func<string> build, Formatter format) in Channels(thing, job))
            {
                bool takesJob = (int)channel is >= (int)JobsChannel.DescribeJobExecution and <= (int)JobsChannel.UpdateJobExecutionRejected;
                if (job == "$next" && channel >= JobsChannel.UpdateJobExecution && takesJob)
                {
                    Assert.Throws<ArgumentException>(build);
                    continue;
                }

                string topic = build();
                Assert.True(format(buffer, thing, job, out int written));
                Assert.Equal(topic, buffer[..written].ToString());
                Assert.False(format(buffer[..(topic.Length - 1)], thing, job, out _));

                Assert.True(JobsTopics.TryMatch(topic, out JobsTopicMatch match));

                // $aws/things/T/jobs/get/accepted is the reply to GetPending, not a reply for a job "get": literal levels take precedence.
                bool ambiguous = takesJob && topic == $"$aws/things/{thing}/jobs/{job}/{topic.Split('/')[5]}"
                    && job is "get" or "start-next";
                if (!ambiguous)
                {
                    Assert.Equal(channel, match.Channel);
                    Assert.Equal(thing, match.ThingName);
                    Assert.Equal(takesJob ? job : "", match.JobId);
                }
            }
        }, iter: 2_000);
    }

    [Theory]
    [InlineData("$aws/things/t/jobs/get/get", JobsChannel.DescribeJobExecution, "get")]
    [InlineData("$aws/things/t/jobs/notify/update", JobsChannel.UpdateJobExecution, "notify")]
    [InlineData("$aws/things/t/jobs/start-next/get/accepted", JobsChannel.DescribeJobExecutionAccepted, "start-next")]
    [InlineData("$aws/things/t/jobs/get/accepted", JobsChannel.GetPendingJobExecutionsAccepted, "")]
    [InlineData("$aws/things/t/jobs/$next/get/rejected", JobsChannel.DescribeJobExecutionRejected, "$next")]
    public void Literal_levels_take_precedence(string topic, JobsChannel channel, string job)
    {
        Assert.True(JobsTopics.TryMatch(topic, out JobsTopicMatch match));
        Assert.Equal(channel, match.Channel);
        Assert.Equal(job, match.JobId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("$aws/things//jobs/get")]
    [InlineData("$aws/things/t/jobs/")]
    [InlineData("$aws/things/t/jobs/get/")]
    [InlineData("$aws/things/t/jobs/get/accepted/more")]
    [InlineData("$aws/things/t/shadow/get")]
    [InlineData("$aws/things/t t/jobs/get")]
    [InlineData("$aws/things/t/jobs/a.b/get")]
    [InlineData("$aws/things/t/jobs//get")]
    [InlineData("$aws/things/+/jobs/get")]
    [InlineData("$AWS/things/t/jobs/get")]
    public void Other_topics_match_nothing(string topic)
    {
        Assert.False(JobsTopics.TryMatch(topic, out JobsTopicMatch match));
        Assert.Equal(JobsChannel.None, match.Channel);
        Assert.False(JobsSpec.Instance.TryMatch(topic, out int channel));
        Assert.Equal(0, channel);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void An_invalid_thing_name_is_rejected(string thing)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => JobsTopics.StartNextPendingJobExecution(thing));
        Assert.Contains("it must be 1 to 128 characters of [a-zA-Z0-9:_-]", refused.Message, StringComparison.Ordinal);
        Assert.False(JobsTopics.TryFormatStartNextPendingJobExecution(stackalloc char[256], thing, out int written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void The_longest_names_fit()
    {
        Assert.True(JobsTopics.IsThingName(new string('t', 128)));
        Assert.False(JobsTopics.IsThingName(new string('t', 129)));
        Assert.True(JobsTopics.UpdateJobExecutionAccepted(new string('t', 128), new string('j', 64)).Length <= 256);
        Assert.Throws<ArgumentException>(() => JobsTopics.UpdateJobExecution("t", new string('j', 65)));
    }

    [Fact]
    public void Filters_cover_both_replies_and_every_job()
    {
        Assert.Equal("$aws/things/t/jobs/get/+", JobsTopics.GetPendingJobExecutionsReplyFilter("t"));
        Assert.Equal("$aws/things/t/jobs/start-next/+", JobsTopics.StartNextPendingJobExecutionReplyFilter("t"));
        Assert.Equal("$aws/things/t/jobs/+/get/+", JobsTopics.DescribeJobExecutionReplyFilter("t"));
        Assert.Equal("$aws/things/t/jobs/$next/get/+", JobsTopics.DescribeJobExecutionReplyFilter("t", "$next"));
        Assert.Equal("$aws/things/+/jobs/+/update/+", JobsTopics.UpdateJobExecutionReplyFilter(null));
        Assert.Equal("$aws/things/t/jobs/notify-next", JobsTopics.NextJobExecutionChangedFilter("t"));
        Assert.Throws<ArgumentException>(() => JobsTopics.UpdateJobExecutionReplyFilter("t", "$next"));
    }

    [Fact]
    public void The_table_of_operations_names_channels_and_quality_of_service()
    {
        Assert.Equal(
            [
                "getPendingJobExecutions", "startNextPendingJobExecution", "describeJobExecution", "updateJobExecution",
                "createKeysAndCertificate", "createCertificateFromCsr", "registerThing",
            ],
            JobsSpec.Instance.Requests.Select(r => r.Name));
        Assert.Equal(["jobExecutionsChanged", "nextJobExecutionChanged"], JobsSpec.Instance.Events.Select(e => e.Name));
        Assert.All(JobsSpec.Instance.Requests, r => Assert.Equal(QualityOfService.AtLeastOnce, r.QualityOfService));
        Assert.All(JobsSpec.Instance.Events, e => Assert.False(e.IsSent));
        Assert.Equal((int)JobsChannel.UpdateJobExecution, JobsOperations.UpdateJobExecution.RequestChannel);
        Assert.Equal((int)JobsChannel.UpdateJobExecutionAccepted, JobsOperations.UpdateJobExecution.AcceptedChannel);
        Assert.Equal((int)JobsChannel.UpdateJobExecutionRejected, JobsOperations.UpdateJobExecution.RejectedChannel);
        Assert.Equal(["$aws/things/{thingName}/jobs/{jobId}/update/+"], JobsOperations.UpdateJobExecution.ReplyFilters);
        Assert.Equal(
            "$aws/things/{thingName}/jobs/{jobId}/update", JobsSpec.Instance.AddressOf(JobsOperations.UpdateJobExecution.RequestChannel));
        Assert.Throws<ArgumentOutOfRangeException>(() => JobsSpec.Instance.AddressOf(0));
    }

    private static IEnumerable<(JobsChannel Channel, Func<string> Build, Formatter Format)> Channels(string thing, string job)
    {
        yield return (JobsChannel.GetPendingJobExecutions, () => JobsTopics.GetPendingJobExecutions(thing),
            (d, t, _, out w) => JobsTopics.TryFormatGetPendingJobExecutions(d, t, out w));
        yield return (JobsChannel.GetPendingJobExecutionsAccepted, () => JobsTopics.GetPendingJobExecutionsAccepted(thing),
            (d, t, _, out w) => JobsTopics.TryFormatGetPendingJobExecutionsAccepted(d, t, out w));
        yield return (JobsChannel.StartNextPendingJobExecutionRejected, () => JobsTopics.StartNextPendingJobExecutionRejected(thing),
            (d, t, _, out w) => JobsTopics.TryFormatStartNextPendingJobExecutionRejected(d, t, out w));
        yield return (JobsChannel.DescribeJobExecution, () => JobsTopics.DescribeJobExecution(thing, job),
            (d, t, j, out w) => JobsTopics.TryFormatDescribeJobExecution(d, t, j, out w));
        yield return (JobsChannel.DescribeJobExecutionAccepted, () => JobsTopics.DescribeJobExecutionAccepted(thing, job),
            (d, t, j, out w) => JobsTopics.TryFormatDescribeJobExecutionAccepted(d, t, j, out w));
        yield return (JobsChannel.UpdateJobExecution, () => JobsTopics.UpdateJobExecution(thing, job),
            (d, t, j, out w) => JobsTopics.TryFormatUpdateJobExecution(d, t, j, out w));
        yield return (JobsChannel.UpdateJobExecutionRejected, () => JobsTopics.UpdateJobExecutionRejected(thing, job),
            (d, t, j, out w) => JobsTopics.TryFormatUpdateJobExecutionRejected(d, t, j, out w));
        yield return (JobsChannel.JobExecutionsChanged, () => JobsTopics.JobExecutionsChanged(thing),
            (d, t, _, out w) => JobsTopics.TryFormatJobExecutionsChanged(d, t, out w));
        yield return (JobsChannel.NextJobExecutionChanged, () => JobsTopics.NextJobExecutionChanged(thing),
            (d, t, _, out w) => JobsTopics.TryFormatNextJobExecutionChanged(d, t, out w));
    }
}
