using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EdgeJobs.Protocol.Tests;

public sealed class WritingTests
{
    [Fact]
    public void Absent_members_are_omitted()
    {
        Assert.Equal("{}", Codec.Write(new JobExecution()));
        Assert.Equal("""{"status":"FAILED"}""", Codec.Write(new UpdateJobExecutionRequest { Status = JobExecutionUpdateStatus.Failed }));
    }

    [Fact]
    public void Empty_lists_are_written()
    {
        Assert.Equal("""{"inProgressJobs":[],"queuedJobs":[]}""",
            Codec.Write(new GetPendingJobExecutionsResponse { InProgressJobs = [], QueuedJobs = [] }));
    }

    [Fact]
    public void The_given_token_replaces_the_property_and_comes_first()
    {
        UpdateJobExecutionRequest request =
            new() { ClientToken = "mine", Status = JobExecutionUpdateStatus.Succeeded, ExpectedVersion = 2 };
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            request.WriteTo(writer, "theirs"u8);
        }

        Assert.Equal("""{"clientToken":"theirs","status":"SUCCEEDED","expectedVersion":2}""", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void An_unknown_status_is_a_violation_and_can_not_be_written()
    {
        UpdateJobExecutionRequest request = new() { Status = JobExecutionUpdateStatus.Unknown };
        Assert.Equal("status", Codec.Violation(request).Member);
        Assert.Throws<ArgumentOutOfRangeException>(() => Codec.Write(request));
    }

    [Fact]
    public void A_violation_inside_a_list_names_its_position()
    {
        GetPendingJobExecutionsResponse response = new() { QueuedJobs = [new() { JobId = "ok" }, new() { JobId = "not ok" }] };
        Assert.Equal("queuedJobs[1].jobId must be 1 to 64 characters of [a-zA-Z0-9_-]", Codec.Violation(response).ToString());
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("[]", "must be one JSON object")]
    [InlineData("{", "must be one JSON object")]
    [InlineData("{} {}", "must be one JSON object")]
    public void A_job_document_must_be_one_object(string document, string? rule)
    {
        JobExecution execution = new() { JobDocument = RawJson.FromText(document) };
        bool valid = execution.TryValidate(out ConstraintViolation violation);
        Assert.Equal(rule, valid ? null : violation.Rule);
    }

    [Fact]
    public void A_job_document_has_at_most_32768_bytes()
    {
        string fill = new('x', 32_768 - """{"a":""}""".Length);
        Assert.True(new JobExecution { JobDocument = RawJson.FromText($$"""{"a":"{{fill}}"}""") }.TryValidate(out _));
        Assert.Equal("must have at most 32768 bytes",
            Codec.Violation(new JobExecution { JobDocument = RawJson.FromText($$"""{"a":"{{fill}}y"}""") }).Rule);
    }

    [Theory]
    [InlineData("plain", true)]
    [InlineData("é€😀", true)]
    [InlineData("tab\t", false)]
    [InlineData("del\u007F", false)]
    [InlineData("c1\u0085", false)]
    [InlineData("zero width\u200B", false)]
    [InlineData("private\uE000", false)]
    public void Status_details_have_no_characters_of_category_C(string value, bool valid)
    {
        UpdateJobExecutionRequest request = new() { Status = JobExecutionUpdateStatus.Failed, StatusDetails = new([new("k", value)]) };
        Assert.Equal(valid, request.TryValidate(out _));
    }

    [Fact]
    public void Status_details_have_no_lone_surrogates()
    {
        UpdateJobExecutionRequest request =
            new() { Status = JobExecutionUpdateStatus.Failed, StatusDetails = new([new("k", "lone\uD83D")]) };
        Assert.False(request.TryValidate(out _));
    }

    [Fact]
    public void Lengths_count_code_points()
    {
        string emoji = string.Concat(Enumerable.Repeat("😀", 1_024));
        UpdateJobExecutionRequest request = new() { Status = JobExecutionUpdateStatus.Failed, StatusDetails = new([new("k", emoji)]) };
        Assert.True(request.TryValidate(out _));
        request = request with { StatusDetails = new([new("k", emoji + "x")]) };
        Assert.Equal("statusDetails.k", Codec.Violation(request).Member);
    }

    [Fact]
    public void Messages_with_equal_members_are_equal()
    {
        static JobExecution Make() => new()
        {
            JobId = "j",
            StatusDetails = new([new("a", "1"), new("b", "2")]),
            JobDocument = RawJson.FromText("{}"),
        };
        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
        Assert.NotEqual(Make(), Make() with { StatusDetails = new([new("a", "1")]) });
        Assert.NotEqual(Make(), Make() with { JobDocument = RawJson.FromText("{ }") });
        Assert.Equal(new ValueMap<string>([new("b", "2"), new("a", "1")]), Make().StatusDetails);
    }
}
