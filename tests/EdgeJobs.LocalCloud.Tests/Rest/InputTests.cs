using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EdgeJobs.LocalCloud.Tests.Rest;

/// <summary>Every input of every operation is either implemented or rejected by name. Data/aws-inputs.json lists AWS's inputs.</summary>
public sealed partial class InputTests(CloudFixture fixture) : IClassFixture<CloudFixture>, IDisposable
{
    // What the local cloud implements; all other inputs of the table are rejected.
    private static readonly Dictionary<string, string[]> Implemented = new()
    {
        ["AddThingToThingGroup"] = ["thingGroupName", "thingGroupArn", "thingName", "thingArn"],
        ["AttachPolicy"] = ["target"],
        ["AttachThingPrincipal"] = ["x-amzn-principal", "thingPrincipalType"],
        ["CancelJob"] = ["reasonCode", "comment", "force"],
        ["CancelJobExecution"] = ["force", "expectedVersion", "statusDetails"],
        ["CreateJob"] =
            ["targets", "document", "description", "targetSelection", "timeoutConfig", "timeoutConfig.inProgressTimeoutInMinutes",
                "presignedUrlConfig", "presignedUrlConfig.roleArn", "presignedUrlConfig.expiresInSec", "jobTemplateArn",
                "documentParameters"],
        ["CreateKeysAndCertificate"] = ["setAsActive"],
        ["CreatePolicy"] = ["policyDocument"],
        ["CreatePolicyVersion"] = ["policyDocument", "setAsDefault"],
        ["CreateProvisioningTemplate"] = ["templateName", "description", "templateBody", "enabled", "provisioningRoleArn", "type"],
        ["CreateThing"] = ["thingTypeName", "attributePayload", "attributePayload.attributes"],
        ["DeleteCertificate"] = ["forceDelete"],
        ["DeleteJob"] = ["force"],
        ["DeleteJobExecution"] = ["force"],
        ["DeleteThing"] = ["expectedVersion"],
        ["DeleteThingGroup"] = ["expectedVersion"],
        ["DescribeEndpoint"] = ["endpointType"],
        ["DescribeJob"] = ["beforeSubstitution"],
        ["DescribeJobExecution"] = ["executionNumber", "includeJobDocument"],
        ["DetachPolicy"] = ["target"],
        ["DetachThingPrincipal"] = ["x-amzn-principal"],
        ["GetJobDocument"] = ["beforeSubstitution"],
        ["ListAttachedPolicies"] = ["recursive", "marker", "pageSize"],
        ["ListCertificates"] = ["pageSize", "marker"],
        ["ListJobExecutionsForJob"] = ["status", "maxResults", "nextToken"],
        ["ListJobExecutionsForThing"] = ["status", "maxResults", "nextToken", "jobId"],
        ["ListJobs"] = ["status", "targetSelection", "maxResults", "nextToken"],
        ["ListPolicies"] = ["marker", "pageSize"],
        ["ListPrincipalThings"] = ["nextToken", "maxResults", "x-amzn-principal"],
        ["ListProvisioningTemplates"] = ["maxResults", "nextToken"],
        ["ListTargetsForPolicy"] = ["marker", "pageSize"],
        ["ListThingGroups"] = ["nextToken", "maxResults", "namePrefixFilter", "recursive"],
        ["ListThingPrincipals"] = ["nextToken", "maxResults"],
        ["ListThings"] = ["nextToken", "maxResults"],
        ["ListThingsInThingGroup"] = ["recursive", "nextToken", "maxResults"],
        ["RemoveThingFromThingGroup"] = ["thingGroupName", "thingGroupArn", "thingName", "thingArn"],
        ["StartNextPendingJobExecution"] = ["statusDetails", "stepTimeoutInMinutes"],
        ["UpdateCertificate"] = ["newStatus"],
        ["UpdateJobExecution"] =
            ["status", "statusDetails", "stepTimeoutInMinutes", "expectedVersion", "includeJobExecutionState",
                "includeJobDocument", "executionNumber"],
    };

    private readonly HttpClient _http = new() { BaseAddress = fixture.Cloud.Http };

    public static TheoryData<string, string> Operations
    {
        get
        {
            TheoryData<string, string> operations = [];
            foreach (Operation operation in Table())
            {
                operations.Add(operation.Service, operation.Name);
            }

            return operations;
        }
    }

    public void Dispose() => _http.Dispose();

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Every_input_is_implemented_or_rejected_by_name(string service, string name)
    {
        Operation operation = Table().Single(one => one.Service == service && one.Name == name);
        string[] implemented = Implemented.GetValueOrDefault(name, []);
        foreach ((string input, string place, string type) in operation.Inputs)
        {
            string outcome = await SendAsync(operation, place, input, ValueOf(input, type, place));
            if (implemented.Contains(input))
            {
                Assert.DoesNotContain("not supported", outcome, StringComparison.Ordinal);
                await CheckBadValueAsync(operation, input, place, type);
            }
            else
            {
                string member = input.Split('.')[0];
                string rejected = implemented.Contains(member) ? input : member;
                Assert.Equal($"400 InvalidRequestException: {rejected} is not supported by the local cloud", outcome);
            }
        }

        (string, string)[] places = [("query", "1"), ("body", "1"), ("header", "arn:aws:iot:us-east-1:000000000000:cert/0")];
        foreach ((string place, string value) in places)
        {
            string stranger = place == "header" ? "x-amzn-principal" : "noSuchInput";
            if (!implemented.Contains(stranger))
            {
                Assert.Equal($"400 InvalidRequestException: {stranger} is not supported by the local cloud", await SendAsync(
                    operation, place, stranger, value));
            }
        }
    }

    [Theory]
    [InlineData("GET", "thing-groups?maxResults=0", "maxResults")]
    [InlineData("GET", "thing-groups?maxResults=251", "maxResults")]
    [InlineData("GET", "thing-groups?maxResults=", "maxResults")]
    [InlineData("GET", "thing-groups?maxResults=1&maxResults=2", "maxResults is given 2 times")]
    [InlineData("GET", "thing-groups?MaxResults=1", "MaxResults is not supported")]
    [InlineData("GET", "thing-groups?namePrefixFilter=", "namePrefixFilter")]
    [InlineData("GET", "thing-groups?namePrefixFilter=a%2Fb", "namePrefixFilter")]
    [InlineData("GET", "thing-groups?recursive=yes", "recursive must be true or false")]
    [InlineData("DELETE", "things/t?expectedVersion=-1", "expectedVersion")]
    [InlineData("GET", "things/t/jobs?jobId=a%2Fb", "jobId")]
    [InlineData("GET", "endpoint?endpointType=iot:CredentialProvider", "endpointType")]
    [InlineData("PUT", "certificates/0?newStatus=DELETED", "newStatus")]
    [InlineData("PUT", "certificates/0", "newStatus")]
    public async Task Invalid_value_is_rejected(string method, string path, string message)
    {
        string outcome = await SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.StartsWith("400 InvalidRequestException: ", outcome, StringComparison.Ordinal);
        Assert.Contains(message, outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"thingGroupName":"a","thingGroupArn":"arn:aws:iot:us-east-1:000000000000:thinggroup/b","thingName":"t"}""", "do not match")]
    [InlineData("""{"thingGroupName":"a","thingGroupArn":"b","thingName":"t"}""", "thingGroupArn 'b' is not the ARN")]
    [InlineData("""{"thingGroupArn":"arn:aws:iot:us-east-1:000000000000:thing/b","thingName":"t"}""", "is not the ARN of a thing group")]
    [InlineData("""{"thingGroupName":"a"}""", "thingName or thingArn is required")]
    [InlineData("""{"thingGroupName":"a","thingGroupName":"b","thingName":"t"}""", "the body")]
    [InlineData("""{"thingGroupName":"\ud800","thingName":"t"}""", "the body")]
    [InlineData("""{"\udc00":1}""", "the body")]
    [InlineData("""["a"]""", "the body must be a JSON object")]
    public async Task Invalid_body_is_rejected(string json, string message)
    {
        string outcome =
            await SendAsync(new HttpRequestMessage(HttpMethod.Put, "thing-groups/addThingToThingGroup") { Content = Json(json) });
        Assert.StartsWith("400 InvalidRequestException: ", outcome, StringComparison.Ordinal);
        Assert.Contains(message, outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Implemented_inputs_have_an_effect()
    {
        foreach (string group in (string[])["in-a", "in-b", "other"])
        {
            Assert.StartsWith(
                "200", await SendAsync(new HttpRequestMessage(HttpMethod.Post, "thing-groups/" + group)), StringComparison.Ordinal);
        }

        foreach (string thing in (string[])["in-1", "in-2", "in-3"])
        {
            await SendAsync(new HttpRequestMessage(HttpMethod.Post, "things/" + thing));
            string member = $$"""{"thingGroupName":"in-a","thingName":"{{thing}}"}""";
            await SendAsync(new HttpRequestMessage(HttpMethod.Put, "thing-groups/addThingToThingGroup") { Content = Json(member) });
        }

        using JsonDocument groups = JsonDocument.Parse(await _http.GetStringAsync("thing-groups?namePrefixFilter=in-&maxResults=1"));
        Assert.Equal(
            "in-a", Assert.Single(groups.RootElement.GetProperty("thingGroups").EnumerateArray()).GetProperty("groupName").GetString());
        Assert.Equal("in-a", groups.RootElement.GetProperty("nextToken").GetString());
        using JsonDocument rest =
            JsonDocument.Parse(await _http.GetStringAsync("thing-groups?namePrefixFilter=in-&maxResults=1&nextToken=in-a"));
        Assert.Equal(
            "in-b", Assert.Single(rest.RootElement.GetProperty("thingGroups").EnumerateArray()).GetProperty("groupName").GetString());
        Assert.False(rest.RootElement.TryGetProperty("nextToken", out _));
        using JsonDocument things = JsonDocument.Parse(await _http.GetStringAsync("thing-groups/in-a/things?maxResults=2&recursive=true"));
        Assert.Equal(["in-1", "in-2"], things.RootElement.GetProperty("things").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal("in-2", things.RootElement.GetProperty("nextToken").GetString());

        Assert.StartsWith("409 VersionConflictException: Thing in-1 has version 1", await DeleteAsync(
            "things/in-1?expectedVersion=2"), StringComparison.Ordinal);
        Assert.Equal("200 : ", await DeleteAsync("things/in-1?expectedVersion=1"));
        Assert.Equal("200 : ", await DeleteAsync("things/in-1?expectedVersion=2"));
        Assert.StartsWith(
            "409 VersionConflictException", await DeleteAsync("thing-groups/in-b?expectedVersion=9"), StringComparison.Ordinal);
        Assert.Equal("200 : ", await DeleteAsync("thing-groups/in-b?expectedVersion=1"));
    }

    private static async Task<string> TextAsync(HttpResponseMessage response)
    {
        string type = response.Headers.TryGetValues("x-amzn-ErrorType", out IEnumerable<string>? types)
            ? string.Concat(types).TrimEnd(':')
            : string.Empty;
        string body = await response.Content.ReadAsStringAsync();
        string message = response.StatusCode == HttpStatusCode.OK
            ? string.Empty
            : JsonDocument.Parse(body).RootElement.GetProperty("message").GetString()!;
        return $"{(int)response.StatusCode} {type}: {message}";
    }

    private Task<string> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));

    private async Task CheckBadValueAsync(Operation operation, string input, string place, string type)
    {
        // The formats of texts are checked by the tests of their operations.
        if (type is "string")
        {
            return;
        }

        string bad = place == "query" ? "maybe" : "\"maybe\"";
        string outcome = await SendAsync(operation, place, input, bad);
        Assert.StartsWith("400 InvalidRequestException: ", outcome, StringComparison.Ordinal);
        Assert.Contains(place == "query" ? input : "the body is invalid", outcome, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(Operation operation, string place, string input, string value)
    {
        string path = Placeholder().Replace(operation.Uri, match => match.Groups[1].Value switch
        {
            "target" => Uri.EscapeDataString("arn:aws:iot:us-east-1:000000000000:cert/0"),
            "executionNumber" or "policyVersionId" => "1",
            _ => "absent",
        }).TrimStart('/');
        using HttpRequestMessage request =
            new(new HttpMethod(operation.Method), place == "query" ? $"{path}?{input}={Uri.EscapeDataString(value)}" : path);
        if (place == "body")
        {
            string[] names = input.Split('.');
            request.Content = Json(names.Length == 2 ? $"{{\"{names[0]}\":{{\"{names[1]}\":{value}}}}}" : $"{{\"{input}\":{value}}}");
        }
        else if (place == "header")
        {
            request.Headers.Add(input, value);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue(
            "AWS4-HMAC-SHA256", $"Credential=local/20260101/us-east-1/{operation.Service}/aws4_request, SignedHeaders=host, Signature=00");
        return await SendAsync(request);
    }

    private async Task<string> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _http.SendAsync(request);
        return await TextAsync(response);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static string ValueOf(string input, string type, string place)
    {
        string text = input switch
        {
            "status" => "QUEUED",
            "targetSelection" => "SNAPSHOT",
            "newStatus" => "ACTIVE",
            "endpointType" => "iot:Jobs",
            "thingPrincipalType" => "NON_EXCLUSIVE_THING",
            "type" => "FLEET_PROVISIONING",
            _ => "x",
        };
        return type switch
        {
            "boolean" => "true",
            "integer" or "long" => "1",
            "list" => "[]",
            "map" or "structure" => "{}",
            _ => place == "body" ? $"\"{text}\"" : text,
        };
    }

    private static List<Operation> Table()
    {
        using JsonDocument document =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "aws-inputs.json")));
        List<Operation> table = [];
        foreach (JsonElement one in document.RootElement.EnumerateArray())
        {
            List<(string, string, string)> inputs = [];
            foreach (JsonProperty input in one.GetProperty("inputs").EnumerateObject())
            {
                string[] words = input.Value.GetString()!.Split(' ');
                inputs.Add((input.Name, words[0], words[1]));
            }

            string Text(string member) => one.GetProperty(member).GetString()!;
            table.Add(new Operation(Text("service"), Text("operation"), Text("method"), Text("uri"), inputs));
        }

        return table;
    }

    [GeneratedRegex("{([A-Za-z]+)}")]
    private static partial Regex Placeholder();

    private sealed record Operation(
        string Service, string Name, string Method, string Uri, List<(string Name, string Place, string Type)> Inputs);
}
