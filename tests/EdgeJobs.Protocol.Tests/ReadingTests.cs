using System.Text;

namespace EdgeJobs.Protocol.Tests;

public sealed class ReadingTests
{
    [Fact]
    public void Unknown_members_are_ignored()
    {
        JobExecution execution = Codec.Read<JobExecution>("""{"a":[{"jobId":1}],"jobId":"j","b":{"jobId":"x"},"c":null,"d":1e400}""");
        Assert.Equal("j", execution.JobId);
    }

    [Fact]
    public void Null_counts_as_absent()
    {
        Assert.Equal(new JobExecution(),
            Codec.Read<JobExecution>("""{"jobId":null,"status":null,"statusDetails":null,"queuedAt":null,"jobDocument":null}"""));
    }

    [Fact]
    public void An_unknown_status_is_read_as_Unknown()
    {
        Assert.Equal(JobExecutionStatus.Unknown, Codec.Read<JobExecution>("""{"status":"PAUSED"}""").Status);
        Assert.Null(Codec.Read<JobExecution>("{}").Status);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("\"7\"", 7)]
    [InlineData("7.0", 7)]
    [InlineData("7e2", 700)]
    [InlineData("-1", -1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Whole_numbers_are_read_leniently(string json, long expected)
    {
        Assert.Equal(expected, Codec.Read<JobExecution>($$"""{"versionNumber":{{json}}}""").VersionNumber);
    }

    [Theory]
    [InlineData("\"7x\"", CodecErrorKind.WrongType)]
    [InlineData("\"\"", CodecErrorKind.WrongType)]
    [InlineData("true", CodecErrorKind.WrongType)]
    [InlineData("[7]", CodecErrorKind.WrongType)]
    [InlineData("9223372036854775808", CodecErrorKind.OutOfRange)]
    [InlineData("1e300", CodecErrorKind.OutOfRange)]
    public void A_value_that_is_not_a_whole_number_is_an_error_that_names_the_member(string json, CodecErrorKind kind)
    {
        CodecError error = Codec.Fail<NextJobExecutionChangedEvent>("{\"execution\":{\"versionNumber\":" + json + "}}");
        Assert.Equal((kind, "execution.versionNumber"), (error.Kind, error.Member));
        Assert.Equal(30, error.Offset);
    }

    [Theory]
    [InlineData("""{"execution":{"jobId":1}}""", "execution.jobId")]
    [InlineData("""{"execution":[]}""", "execution")]
    [InlineData("""{"execution":{"statusDetails":{"a":1}}}""", "execution.statusDetails")]
    [InlineData("""{"execution":{"jobDocument":"{}"}}""", "execution.jobDocument")]
    public void A_wrong_type_is_an_error_that_names_the_member(string json, string member)
    {
        CodecError error = Codec.Fail<NextJobExecutionChangedEvent>(json);
        Assert.Equal((CodecErrorKind.WrongType, member), (error.Kind, error.Member));
    }

    [Fact]
    public void A_wrong_type_in_a_list_names_the_list_and_the_member()
    {
        CodecError error = Codec.Fail<JobExecutionsChangedEvent>("""{"jobs":{"QUEUED":[{"jobId":"a"},{"jobId":2}]}}""");
        Assert.Equal("jobs.QUEUED.jobId", error.Member);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}x")]
    [InlineData("{}{}")]
    [InlineData("""{"jobId":"a",}""")]
    [InlineData("""{"jobId":"a" "b":1}""")]
    [InlineData("""{"jobId":"\x"}""")]
    [InlineData("{'jobId':1}")]
    [InlineData("{/**/}")]
    public void Invalid_JSON_is_an_error_value(string json)
    {
        Assert.Equal(CodecErrorKind.InvalidJson, Codec.Fail<JobExecution>(json).Kind);
    }

    [Fact]
    public void Nesting_beyond_64_levels_is_an_error_value()
    {
        string deep = "{\"jobDocument\":{\"a\":" + new string('[', 62) + new string(']', 62) + "}}";
        Assert.Equal(deep.Length - 16, Codec.Read<JobExecution>(deep).JobDocument.Utf8.Length);
        string deeper = "{\"jobDocument\":{\"a\":" + new string('[', 63) + new string(']', 63) + "}}";
        Assert.Equal(CodecErrorKind.InvalidJson, Codec.Fail<JobExecution>(deeper).Kind);
    }

    [Fact]
    public void Invalid_UTF_8_is_an_error_value_everywhere()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"unknown":"?"}""");
        json[12] = 0xFF;
        Assert.Equal(CodecErrorKind.InvalidUtf8, Codec.Fail<JobExecution>(json).Kind);
    }

    [Fact]
    public void Escapes_are_resolved_in_names_values_and_enums()
    {
        JobExecution execution =
            Codec.Read<JobExecution>(
            """{"\u006aobId":"a\u0062\n\"\/\\\u20ac\ud83d\ude00","status":"\u0051UEUED","statusDetails":{"k\u0031":"\tv"}}""");
        Assert.Equal("ab\n\"/\\€😀", execution.JobId);
        Assert.Equal(JobExecutionStatus.Queued, execution.Status);
        Assert.Equal("\tv", execution.StatusDetails!["k1"]);
    }

    [Fact]
    public void A_member_whose_name_is_a_lone_surrogate_is_ignored()
    {
        bool read = UpdateJobExecutionRequest.TryRead("""{"\ud800":1,"status":"FAILED"}"""u8.ToArray(),
            out UpdateJobExecutionRequest? request, out CodecError error);
        Assert.True(read, error.ToString());
        Assert.Equal(JobExecutionUpdateStatus.Failed, request!.Status);
    }

    [Fact]
    public void A_lone_surrogate_escape_becomes_the_replacement_character()
    {
        Assert.Equal("a\uFFFDb\uFFFD", Codec.Read<JobExecution>("""{"jobId":"a\ud83db\ude00"}""").JobId);
    }

    [Fact]
    public void A_long_text_with_escapes_is_read_completely()
    {
        string text = string.Concat(Enumerable.Repeat("é\n", 5_000));
        Assert.Equal(text, Codec.Read<RejectedResponse>("{\"code\":\"InternalError\",\"message\":\""
            + text.Replace("\n", "\\n", StringComparison.Ordinal) + "\"}").Message);
    }

    [Fact]
    public void The_last_of_two_members_with_one_name_wins()
    {
        Assert.Equal("b", Codec.Read<JobExecution>("""{"jobId":"a","jobId":"b"}""").JobId);
        Assert.Equal("b", Codec.Read<JobExecution>("""{"statusDetails":{"k":"a","k":"b"}}""").StatusDetails!["k"]);
    }

    [Fact]
    public void A_job_document_is_a_slice_of_the_payload()
    {
        byte[] payload = Encoding.UTF8.GetBytes("""{"jobDocument": {"version":"1.0", "a":[1,  2]} }""");
        Assert.True(JobExecution.TryRead(payload, out JobExecution? execution, out _));
        Assert.Equal("""{"version":"1.0", "a":[1,  2]}""", execution.JobDocument.ToString());
        payload[18] = (byte)'V';
        Assert.StartsWith("{\"Version\"", execution.JobDocument.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_made_from_other_memory_copies_the_job_document()
    {
        byte[] payload = Encoding.UTF8.GetBytes("""{"jobDocument":{"a":1}}""");
        Assert.True(JobExecutionView.TryRead(payload, out JobExecutionView view, out _));
        JobExecution execution = view.ToModel(default);
        payload.AsSpan().Fill((byte)' ');
        Assert.Equal("""{"a":1}""", execution.JobDocument.ToString());
    }

    [Fact]
    public void A_token_is_found_without_reading_the_rest()
    {
        Assert.True(CorrelationToken.TryRead("""{"x":{"clientToken":"no"},"clientToken":"t\u0031","broken"""u8, "clientToken"u8,
            out JsonText token));
        Assert.True(token.Equals("t1"u8));
        Assert.False(CorrelationToken.TryRead("""{"clientToken":1}"""u8, "clientToken"u8, out _));
        Assert.False(CorrelationToken.TryRead("""{"timestamp":1}"""u8, "clientToken"u8, out _));
        Assert.False(CorrelationToken.TryRead("[]"u8, "clientToken"u8, out _));
        Assert.False(CorrelationToken.TryRead("nonsense"u8, "clientToken"u8, out _));
        Assert.False(CorrelationToken.TryRead(""u8, "clientToken"u8, out _));
    }
}
