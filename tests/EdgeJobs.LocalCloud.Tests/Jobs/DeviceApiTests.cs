using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

/// <summary>Behaviour of the device API that the vectors do not cover.</summary>
public sealed class DeviceApiTests : IDisposable
{
    private readonly Cloud _cloud = new();

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public void Checks_run_in_the_order_json_topic_shape_existence_version_transition()
    {
        _cloud.CreateJob("one");
        _cloud.Update("one", "SUCCEEDED");
        Assert.Equal("InvalidJson", Code("frobnicate", "["));
        Assert.Equal("InvalidTopic", Code("frobnicate", """{"status":7}"""));
        Assert.Equal("InvalidRequest", Code("none/update", """{"status":7}"""));
        Assert.Equal("ResourceNotFound", Code("none/update", """{"status":"QUEUED","expectedVersion":9}"""));
        Assert.Equal("VersionMismatch", Code("one/update", """{"status":"QUEUED","expectedVersion":9}"""));
        Assert.Equal("InvalidStateTransition", Code("one/update", """{"status":"QUEUED","expectedVersion":2}"""));
    }

    [Theory]
    [InlineData("""{"clientToken":"t","status":"DONE"}""", "status DONE is unknown")]
    [InlineData("""{"clientToken":"t","status":null}""", "status is required")]
    [InlineData("""{"clientToken":"t","status":3}""", "status has the wrong JSON type")]
    [InlineData("""{"clientToken":"t","status":"IN_PROGRESS","expectedVersion":"x"}""", "expectedVersion has the wrong JSON type")]
    [InlineData("""{"clientToken":"t","status":"IN_PROGRESS","statusDetails":{"a":1}}""", "statusDetails has the wrong JSON type")]
    public void Invalid_member_is_named_and_the_client_token_returned(string payload, string message)
    {
        _cloud.CreateJob("one");
        Received response = _cloud.Send("one/update", payload).Single();
        Assert.Equal(("InvalidRequest", message, "t"), (
            (string?)response.Json["code"], (string?)response.Json["message"], (string?)response.Json["clientToken"]));
        Assert.False(response.Json.ContainsKey("executionState"));
    }

    [Theory]
    [InlineData("get/accepted")]
    [InlineData("notify")]
    [InlineData("notify-next")]
    [InlineData("one/update/accepted")]
    [InlineData("one")]
    [InlineData("one/get/x")]
    [InlineData("on e/get")]
    public void Topic_without_an_operation_is_rejected(string operation) => Assert.Equal("InvalidTopic", Code(operation, "{}"));

    [Fact]
    public void Invalid_UTF8_is_invalid_json()
    {
        _cloud.Service.HandleRequest(
            _cloud.Gateway, "device", $"$aws/things/{Cloud.Thing}/jobs/get",
            new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' });
        Assert.Equal("InvalidJson", (string?)_cloud.Gateway.Drain().Single().Json["code"]);
    }

    [Theory]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("nul")]
    [InlineData("7")]
    public void Payload_other_than_an_object_is_invalid_json(string payload) => Assert.Equal("InvalidJson", Code("get", payload));

    [Theory]
    [InlineData("""{"clientToken":"\ud800","status":"IN_PROGRESS"}""")]
    [InlineData("""{"clientToken":"t","status":"IN_PROGRESS","statusDetails":{"a":"\udc00"}}""")]
    [InlineData("""{"clientToken":"t","status":"\ud800"}""")]
    [InlineData("""{"clientToken":7,"status":"IN_PROGRESS"}""")]
    [InlineData("""{"\ud800":1,"status":"IN_PROGRESS","executionNumber":99999999999999999999}""")]
    public void Unusual_text_gets_a_response(string payload)
    {
        _cloud.CreateJob("one");
        Assert.Single(_cloud.Send("one/update", payload));
        Assert.Equal("get/accepted", _cloud.Send("get").Single().Kind);
    }

    [Fact]
    public void Document_with_the_maximum_depth_is_delivered()
    {
        Assert.Equal(
            ServiceErrorKind.InvalidRequest, _cloud.Service.CreateJob(Cloud.Job("one", Nested(Limits.DocumentLevels + 1))).Error?.Kind);
        Assert.Null(_cloud.Service.CreateJob(Cloud.Job("one", Nested(Limits.DocumentLevels))).Error);
        _cloud.Gateway.Drain();
        Assert.Equal("start-next/accepted", _cloud.Send("start-next").Single().Kind);

        static string Nested(int levels) => string.Concat(Enumerable.Repeat("""{"a":""", levels)) + "{}" + new string('}', levels);
    }

    [Fact]
    public void Long_client_token_is_returned_unchanged()
    {
        string token = new('t', 500);
        Received response = _cloud.Send("get", $$"""{"clientToken":"{{token}}"}""").Single();
        Assert.Equal(token, (string?)response.Json["clientToken"]);
        Assert.Equal("get/accepted", response.Kind);
    }

    [Fact]
    public void Response_goes_to_the_requesting_client()
    {
        _cloud.CreateJob("one");
        _cloud.Service.HandleRequest(
            _cloud.Gateway, "somebody", $"$aws/things/{Cloud.Thing}/jobs/one/update", """{"status":"SUCCEEDED"}"""u8.ToArray());
        Assert.Equal("somebody", _cloud.Gateway.Take().ClientId);
        Assert.Null(_cloud.Gateway.Take().ClientId);
        Assert.Null(_cloud.Gateway.Take().ClientId);
    }

    [Theory]
    [InlineData("SUCCEEDED")]
    [InlineData("FAILED")]
    [InlineData("REJECTED")]
    public void Queued_execution_can_end_without_having_started(string status)
    {
        _cloud.CreateJob("one");
        _cloud.Update("one", status);
        Execution ended = _cloud.Execution("one");
        Assert.Equal((status, 2, null), (ended.Status.ToWireString(), ended.Version, ended.StartedAt));
    }

    [Fact]
    public void Absent_details_are_kept_and_present_ones_replace_all()
    {
        _cloud.CreateJob("one");
        _cloud.Send("start-next", """{"statusDetails":{"a":"1","b":"2"}}""");
        _cloud.Update("one", "IN_PROGRESS");
        Assert.Equal(2, _cloud.Execution("one").StatusDetails.Count);
        _cloud.Send("one/update", """{"status":"IN_PROGRESS","statusDetails":{"c":"3"}}""");
        Assert.Equal(["c"], _cloud.Execution("one").StatusDetails.Keys);
        _cloud.Send("one/update", """{"status":"IN_PROGRESS","statusDetails":{}}""");
        Assert.Empty(_cloud.Execution("one").StatusDetails);
    }

    [Fact]
    public void Pending_list_has_all_in_progress_and_at_most_ten_queued()
    {
        for (int i = 0; i < 14; i++)
        {
            _cloud.CreateJob($"job-{i}");
        }

        _cloud.Update("job-12", "IN_PROGRESS");
        _cloud.Update("job-3", "IN_PROGRESS");
        Received response = _cloud.Send("get").Single();
        Assert.Equal(["job-3", "job-12"], response.Json["inProgressJobs"]!.AsArray().Select(job => (string?)job!["jobId"]));
        Assert.Equal(10, response.Json["queuedJobs"]!.AsArray().Count);
    }

    [Fact]
    public void Start_next_never_starts_a_second_execution()
    {
        _cloud.CreateJob("one");
        _cloud.CreateJob("two");
        _cloud.Update("two", "IN_PROGRESS");
        Assert.Equal("two", (string?)_cloud.Send("start-next").Single().Json["execution"]!["jobId"]);
        Assert.Equal(JobExecutionStatus.Queued, _cloud.Execution("one").Status);
    }

    [Fact]
    public void Document_is_delivered_unchanged()
    {
        _cloud.Service.CreateJob(Cloud.Job("one", "{ \"b\": 1.50,\n \"a\": \"\\u00e4\" }"));
        _cloud.Gateway.Drain();
        RecordingBytes bytes = new();
        _cloud.Service.HandleRequest(bytes, "device", $"$aws/things/{Cloud.Thing}/jobs/start-next", "{}"u8.ToArray());
        Assert.Contains("{ \"b\": 1.50,\n \"a\": \"\\u00e4\" }", bytes.Text, StringComparison.Ordinal);
    }

    private string? Code(string operation, string payload) => (string?)_cloud.Send(operation, payload).Single().Json["code"];

    private sealed class RecordingBytes : IDeviceGateway
    {
        public string Text { get; private set; } = "";

        public void Reply(string clientId, DeviceMessage message) => Text = System.Text.Encoding.UTF8.GetString(message.Payload.Span);

        public void Publish(DeviceMessage message)
        {
        }
    }
}
