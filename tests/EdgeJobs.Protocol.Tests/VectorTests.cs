using System.Text.Json.Nodes;

namespace EdgeJobs.Protocol.Tests;

/// <summary>Every known message is recognized by its topic, read, and written back unchanged.</summary>
public sealed class VectorTests
{
    /// <summary>Messages that are read leniently, or that no device or service should send.</summary>
    private static readonly Dictionary<string, string> NotWrittenAlike = new()
    {
        ["direct-progress.request"] = "expectedVersion is a string there; we write a number",
        ["tol.float-timestamps"] = "seconds with a fraction; we write whole seconds",
        ["tol.extra-members.request"] = "unknown members; we drop them",
        ["err.device-cancels.request"] = "a status that a device can't write",
        ["err.back-to-queued.request"] = "a status that a device can't write",
    };

    public static TheoryData<string> Readable()
    {
        TheoryData<string> names = [];
        foreach (Vector vector in Vector.All.Where(v => v.Json is not null
            && !v.Name.StartsWith("err.invalid-topic", StringComparison.Ordinal)
            && v.Name is not ("err.update-next.request" or "err.no-status.request")))
        {
            names.Add(vector.Name);
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Readable))]
    public void A_message_survives_reading_and_writing(string name)
    {
        Vector vector = Vector.Named(name);
        Assert.True(JobsTopics.TryMatch(vector.Topic, out JobsTopicMatch match), vector.Topic);
        Assert.Equal("edge-dev-01", match.ThingName);
        string? written = match.Channel switch
        {
            JobsChannel.GetPendingJobExecutions => Rewrite<GetPendingJobExecutionsRequest>(vector),
            JobsChannel.GetPendingJobExecutionsAccepted => Rewrite<GetPendingJobExecutionsResponse>(vector),
            JobsChannel.StartNextPendingJobExecution => Rewrite<StartNextPendingJobExecutionRequest>(vector),
            JobsChannel.StartNextPendingJobExecutionAccepted => Rewrite<StartNextPendingJobExecutionResponse>(vector),
            JobsChannel.DescribeJobExecution => Rewrite<DescribeJobExecutionRequest>(vector),
            JobsChannel.DescribeJobExecutionAccepted => Rewrite<DescribeJobExecutionResponse>(vector),
            JobsChannel.UpdateJobExecution => Rewrite<UpdateJobExecutionRequest>(vector),
            JobsChannel.UpdateJobExecutionAccepted => Rewrite<UpdateJobExecutionResponse>(vector),
            JobsChannel.JobExecutionsChanged => Rewrite<JobExecutionsChangedEvent>(vector),
            JobsChannel.NextJobExecutionChanged => Rewrite<NextJobExecutionChangedEvent>(vector),
            _ => Rewrite<RejectedResponse>(vector),
        };
        if (!NotWrittenAlike.ContainsKey(name))
        {
            Assert.True(JsonNode.DeepEquals(vector.Json, JsonNode.Parse(written!)), written);
        }
    }

    [Fact]
    public void An_unknown_topic_matches_nothing()
    {
        Assert.False(JobsTopics.TryMatch(Vector.Named("err.invalid-topic.request").Topic, out _));
        Assert.False(JobsTopics.TryMatch(Vector.Named("err.update-next.request").Topic, out _));
    }

    [Fact]
    public void An_update_without_status_is_not_read()
    {
        Assert.False(UpdateJobExecutionRequest.TryRead(Vector.Named("err.no-status.request").Payload, out _, out CodecError error));
        Assert.Equal((CodecErrorKind.MissingMember, "status"), (error.Kind, error.Member));
    }

    [Theory]
    [InlineData("err.invalid-json.array", CodecErrorKind.NotAnObject)]
    [InlineData("err.invalid-json.syntax", CodecErrorKind.InvalidJson)]
    [InlineData("err.empty-payload.request", CodecErrorKind.InvalidJson)]
    public void A_payload_that_is_not_an_object_is_an_error_value(string name, CodecErrorKind kind)
    {
        Assert.False(GetPendingJobExecutionsRequest.TryRead(Vector.Named(name).Payload, out _, out CodecError error));
        Assert.Equal(kind, error.Kind);
    }

    [Theory]
    [InlineData("err.bad-details-newline.request", "statusDetails.log")]
    [InlineData("err.bad-details-key.request", "statusDetails")]
    [InlineData("err.bad-details-empty.request", "statusDetails.k")]
    [InlineData("err.bad-details-1025.request", "statusDetails.k")]
    [InlineData("err.bad-details-11.request", "statusDetails")]
    [InlineData("err.step-timeout-zero.request", "stepTimeoutInMinutes")]
    [InlineData("err.step-timeout-over.request", "stepTimeoutInMinutes")]
    [InlineData("err.step-timeout-minus2.request", "stepTimeoutInMinutes")]
    public void A_violated_limit_is_named(string name, string member)
    {
        Assert.True(UpdateJobExecutionRequest.TryRead(Vector.Named(name).Payload, out UpdateJobExecutionRequest? request, out _));
        Assert.Equal(member, Codec.Violation(request).Member);
    }

    [Theory]
    [InlineData("ok.details-max.request")]
    [InlineData("cancel-step-timer.request")]
    public void The_limit_itself_is_allowed(string name)
    {
        Assert.True(UpdateJobExecutionRequest.TryRead(Vector.Named(name).Payload, out UpdateJobExecutionRequest? request, out _));
        Assert.True(request.TryValidate(out ConstraintViolation violation), violation.ToString());
    }

    [Fact]
    public void Start_next_rejects_minus_one()
    {
        Vector vector = Vector.Named("err.step-timeout-minus1-on-start-next.request");
        Assert.True(StartNextPendingJobExecutionRequest.TryRead(vector.Payload, out StartNextPendingJobExecutionRequest? request, out _));
        Assert.Equal("stepTimeoutInMinutes must be 1 to 10080", Codec.Violation(request).ToString());
    }

    private static string? Rewrite<T>(Vector vector)
        where T : class, IMessage<T>
    {
        Assert.True(T.TryRead(vector.Payload, out T? message, out CodecError error), error.ToString());
        return NotWrittenAlike.ContainsKey(vector.Name) ? null : Codec.Write(message);
    }
}
