using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EdgeJobs.LocalCloud.Tests.Rest;

/// <summary>What AWS's clients depend on below the operations: paths, planes, headers and error bodies.</summary>
public sealed class RestProtocolTests(CloudFixture fixture) : IClassFixture<CloudFixture>, IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = fixture.Cloud.Http };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Unknown_operation_is_named_in_the_error()
    {
        (HttpResponseMessage response, JsonElement body) = await SendAsync(HttpMethod.Get, "rules/r?x=1");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("UnknownOperationException:", ErrorType(response));
        Assert.Contains("GET /rules/r", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("x=1", body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "body")]
    [InlineData("[]", "body")]
    [InlineData("""{"targets":"arn"}""", "body")]
    [InlineData("null", "object")]
    public async Task Body_that_does_not_match_the_operation_is_rejected(string json, string word)
    {
        (HttpResponseMessage response, JsonElement body) = await SendAsync(HttpMethod.Put, "jobs/b1", json);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("InvalidRequestException:", ErrorType(response));
        Assert.Contains(word, body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credential_scope_selects_the_plane()
    {
        await SendAsync(HttpMethod.Post, "things/p1");
        (_, JsonElement control) = await SendAsync(HttpMethod.Get, "things/p1/jobs");
        Assert.True(control.TryGetProperty("executionSummaries", out _));
        (_, JsonElement older) = await SendAsync(HttpMethod.Get, "things/p1/jobs", service: "execute-api");
        Assert.True(older.TryGetProperty("executionSummaries", out _));
        (_, JsonElement device) = await SendAsync(HttpMethod.Get, "things/p1/jobs", service: "iot-jobs-data");
        Assert.True(device.TryGetProperty("queuedJobs", out _));
    }

    [Theory]
    [InlineData("$next")]
    [InlineData("%24next")]
    public async Task Path_segments_are_percent_decoded_separately(string next)
    {
        await SendAsync(HttpMethod.Post, "things/p%3A2");
        (HttpResponseMessage response, JsonElement body) = await SendAsync(
            HttpMethod.Get, $"things/p%3A2/jobs/{next}", service: "iot-jobs-data");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(body.TryGetProperty("execution", out _));
        (HttpResponseMessage slash, _) = await SendAsync(HttpMethod.Get, "things/p%2F2");
        Assert.Equal("InvalidRequestException:", ErrorType(slash));
    }

    [Fact]
    public async Task Every_response_has_a_request_id_and_is_json()
    {
        (HttpResponseMessage response, _) = await SendAsync(HttpMethod.Get, "things");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(Guid.TryParse(Assert.Single(response.Headers.GetValues("x-amzn-RequestId")), out _));
    }

    [Theory]
    [InlineData("jobs?maxResults=0", "maxResults")]
    [InlineData("jobs?maxResults=many", "maxResults")]
    [InlineData("jobs?status=DONE", "status")]
    [InlineData("things/p1/jobs/j?executionNumber=one", "executionNumber")]
    [InlineData("things/no%20name", "thingName")]
    [InlineData("jobs/no%20name", "jobId")]
    public async Task Invalid_parameter_is_named(string path, string name)
    {
        (HttpResponseMessage response, JsonElement body) = await SendAsync(HttpMethod.Get, path);
        Assert.Equal("InvalidRequestException:", ErrorType(response));
        Assert.Contains(name, body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unsupported_configuration_is_rejected()
    {
        await SendAsync(HttpMethod.Post, "things/p3");
        (HttpResponseMessage response, JsonElement body) = await SendAsync(
            HttpMethod.Put,
            "jobs/p3",
            """{"targets":["arn:aws:iot:eu-west-1:123456789012:thing/p3"],"document":"{}","abortConfig":{"criteriaList":[]}}""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("abortConfig", body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Targets_of_any_region_and_account_are_accepted()
    {
        await SendAsync(HttpMethod.Post, "things/p4");
        (HttpResponseMessage response, _) = await SendAsync(
            HttpMethod.Put, "jobs/p4", """{"targets":["arn:aws-cn:iot:cn-north-1:123456789012:thing/p4"],"document":"{}"}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        (_, JsonElement list) = await SendAsync(HttpMethod.Get, "jobs/p4/things");
        JsonElement entry = Assert.Single(list.GetProperty("executionSummaries").EnumerateArray());
        Assert.Equal("arn:aws:iot:us-east-1:000000000000:thing/p4", entry.GetProperty("thingArn").GetString());
    }

    [Fact]
    public async Task Long_lists_are_paged()
    {
        await SendAsync(HttpMethod.Post, "things/p5");
        for (int i = 0; i < 5; i++)
        {
            await SendAsync(
                HttpMethod.Put, $"jobs/page-{i}", """{"targets":["arn:aws:iot:us-east-1:000000000000:thing/p5"],"document":"{}"}""");
        }

        List<string> seen = [];
        string query = string.Empty;
        while (true)
        {
            (_, JsonElement page) = await SendAsync(HttpMethod.Get, $"things/p5/jobs?maxResults=2{query}");
            seen.AddRange(page.GetProperty("executionSummaries").EnumerateArray().Select(entry => entry.GetProperty("jobId").GetString()!));
            if (!page.TryGetProperty("nextToken", out JsonElement token))
            {
                break;
            }

            query = "&nextToken=" + Uri.EscapeDataString(token.GetString()!);
        }

        Assert.Equal(["page-0", "page-1", "page-2", "page-3", "page-4"], seen.Order());
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task Continuous_job_reaches_things_that_join_the_group()
    {
        await SendAsync(HttpMethod.Post, "things/p6");
        await SendAsync(HttpMethod.Post, "thing-groups/pumps");
        const string group = "arn:aws:iot:us-east-1:000000000000:thinggroup/pumps";
        await SendAsync(HttpMethod.Put, "jobs/p6", $$"""{"targets":["{{group}}"],"document":"{}","targetSelection":"CONTINUOUS"}""");
        (_, JsonElement before) = await SendAsync(HttpMethod.Get, "jobs/p6/things");
        Assert.Empty(before.GetProperty("executionSummaries").EnumerateArray());

        await SendAsync(HttpMethod.Put, "thing-groups/addThingToThingGroup", $$"""{"thingGroupArn":"{{group}}","thingName":"p6"}""");
        (_, JsonElement members) = await SendAsync(HttpMethod.Get, "thing-groups/pumps/things");
        Assert.Equal("p6", Assert.Single(members.GetProperty("things").EnumerateArray()).GetString());
        (_, JsonElement after) = await SendAsync(HttpMethod.Get, "jobs/p6/things?status=QUEUED");
        Assert.Single(after.GetProperty("executionSummaries").EnumerateArray());
        (_, JsonElement job) = await SendAsync(HttpMethod.Get, "jobs/p6");
        Assert.Equal(group, Assert.Single(job.GetProperty("job").GetProperty("targets").EnumerateArray()).GetString());

        await SendAsync(HttpMethod.Put, "thing-groups/removeThingFromThingGroup", """{"thingGroupName":"pumps","thingName":"p6"}""");
        (_, JsonElement left) = await SendAsync(HttpMethod.Get, "things/p6/jobs/p6");
        Assert.Equal("REMOVED", left.GetProperty("execution").GetProperty("status").GetString());
        await SendAsync(HttpMethod.Delete, "thing-groups/pumps");
        (HttpResponseMessage gone, _) = await SendAsync(HttpMethod.Get, "thing-groups/pumps");
        Assert.Equal("ResourceNotFoundException:", ErrorType(gone));
        (_, JsonElement groups) = await SendAsync(HttpMethod.Get, "thing-groups");
        Assert.Empty(groups.GetProperty("thingGroups").EnumerateArray());
    }

    private static string ErrorType(HttpResponseMessage response) => string.Concat(response.Headers.GetValues("x-amzn-ErrorType"));

    private async Task<(HttpResponseMessage Response, JsonElement Body)> SendAsync(
        HttpMethod method, string path, string? json = null, string? service = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        if (service is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "AWS4-HMAC-SHA256",
                $"Credential=local/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00");
        }

        HttpResponseMessage response = await _http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        return (response, body.Length == 0 ? default : JsonDocument.Parse(body).RootElement);
    }
}
