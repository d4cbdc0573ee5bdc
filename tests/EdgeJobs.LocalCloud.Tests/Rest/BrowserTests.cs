using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EdgeJobs.LocalCloud.Tests.Commands;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Rest;

/// <summary>Requests to the REST API that a web page in a local browser can send. PORT is replaced by the port of the REST API.</summary>
public sealed class BrowserTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string OpenPolicy =
        """{"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}""";

    [Theory]
    [InlineData("127.0.0.1:PORT", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.9.9.9:PORT", 200)]
    [InlineData("localhost:PORT", 200)]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:PORT", 200)]
    [InlineData("localhost.:PORT", 200)]
    [InlineData("[::1]:PORT", 200)]
    [InlineData("[::1]", 200)]
    [InlineData("evil.example:PORT", 403)]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example:PORT", 403)]
    [InlineData("localhostevil:PORT", 403)]
    [InlineData("127.0.0.1.evil.example:PORT", 403)]
    [InlineData("localhost..:PORT", 403)]
    [InlineData("localhost:1", 403)]
    [InlineData("localhost:99999", 403)]
    [InlineData("192.0.2.1:PORT", 403)]
    [InlineData("0.0.0.0:PORT", 403)]
    [InlineData("[2001:db8::1]:PORT", 403)]
    [InlineData("", 403)]
    [InlineData("localhost:PORT@evil.example", 400)]
    public async Task Host_must_name_this_machine(string host, int status)
    {
        string response = await SendAsync($"GET /things HTTP/1.1\r\nHost: {host}\r\n");
        Assert.Equal(status, StatusOf(response));
        if (status == 403)
        {
            Assert.Contains("x-amzn-ErrorType: AccessDeniedException:", response, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("is not a name of the local cloud", response, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET /things HTTP/1.0\r\n", 403)]
    [InlineData("GET /things HTTP/1.0\r\nHost: localhost\r\n", 200)]
    [InlineData("GET /things HTTP/1.1\r\n", 400)]
    [InlineData("GET /things HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.example\r\n", 400)]
    [InlineData("GET /things HTTP/1.1\r\nHost: evil.example\r\nHost: localhost:PORT\r\n", 400)]
    [InlineData("GET http://localhost:PORT/things HTTP/1.1\r\nHost: localhost:PORT\r\n", 200)]
    [InlineData("GET http://localhost:PORT/things HTTP/1.1\r\nHost: evil.example\r\n", 400)]
    [InlineData("GET http://evil.example:PORT/things HTTP/1.1\r\nHost: localhost:PORT\r\n", 400)]
    [InlineData("GET http://evil.example:PORT/things HTTP/1.1\r\nHost: evil.example:PORT\r\n", 403)]
    [InlineData("GET http://evil.example:PORT/things HTTP/1.0\r\n", 403)]
    public async Task No_request_form_bypasses_the_host_check(string head, int status) =>
        Assert.Equal(status, StatusOf(await SendAsync(head)));

    [Theory]
    [InlineData("Origin: http://evil.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: ", 403)]
    [InlineData("Origin: http://localhost", 403)]
    [InlineData("Origin: http://localhost:1", 403)]
    [InlineData("Origin: https://localhost:PORT", 403)]
    [InlineData("Origin: file://", 403)]
    [InlineData("Origin: http://localhost:PORT.evil.example", 403)]
    [InlineData("Origin: http://localhost:PORT\r\nOrigin: http://evil.example", 403)]
    [InlineData("Origin: http://localhost:PORT", 200)]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Sec-Fetch-Site: same-site", 403)]
    [InlineData("Sec-Fetch-Site: anything", 403)]
    [InlineData("Sec-Fetch-Site: same-origin", 200)]
    [InlineData("Sec-Fetch-Site: none", 200)]
    public async Task Page_of_another_origin_is_rejected(string header, int status)
    {
        Assert.Equal(status, StatusOf(await SendAsync($"GET /things HTTP/1.1\r\nHost: localhost:PORT\r\n{header}\r\n")));
        Assert.Equal(status, StatusOf(
            await SendAsync($"POST /things/browser HTTP/1.1\r\nHost: localhost:PORT\r\n{header}\r\nContent-Length: 0\r\n")));
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("Application/JSON", 200)]
    [InlineData("application/x-amz-json-1.1", 200)]
    [InlineData(null, 415)]
    [InlineData("", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("text/plain; x=application/json", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("application/jsonx", 415)]
    [InlineData("text/plain, application/json", 415)]
    public async Task Body_must_be_declared_as_JSON(string? type, int status)
    {
        string header = type is null ? string.Empty : $"Content-Type: {type}\r\n";
        string response = await SendAsync($"POST /things/typed HTTP/1.1\r\nHost: localhost:PORT\r\n{header}Content-Length: 2\r\n", "{}");
        Assert.Equal(status, StatusOf(response));
        Assert.Equal(
            status,
            StatusOf(await SendAsync(
                $"POST /things/typed HTTP/1.1\r\nHost: localhost:PORT\r\n{header}Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")));
    }

    [Fact]
    public async Task Form_without_a_body_is_rejected_by_its_type() => Assert.Equal(
        415,
        StatusOf(await SendAsync(
            "POST /keys-and-certificate HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Type: "
            + "application/x-www-form-urlencoded\r\nContent-Length: 0\r\n")));

    [Fact]
    public async Task Preflight_request_gets_no_permission()
    {
        string response = await SendAsync(
            "OPTIONS /jobs/j HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n"
            + "Access-Control-Request-Headers: content-type\r\n");
        Assert.Equal(403, StatusOf(response));
        Assert.DoesNotContain("Access-Control", response, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Rejected_request_has_no_effect()
    {
        Assert.Equal(200, StatusOf(await SendAsync("POST /things/target HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 0\r\n")));
        const string Job = """{"targets":["arn:aws:iot:us-east-1:000000000000:thing/target"],"document":"{}"}""";
        await SendAsync(
            "PUT /jobs/rebound HTTP/1.1\r\nHost: evil.example:PORT\r\nOrigin: http://evil.example:PORT\r\nContent-Type: "
            + $"application/json\r\nContent-Length: {Job.Length}\r\n", Job);
        Assert.Equal(404, StatusOf(await SendAsync("GET /jobs/rebound HTTP/1.1\r\nHost: localhost:PORT\r\n")));

        string policy =
            "POST /policies/forged HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Type: text/plain\r\nContent-Length: "
            + $"{OpenPolicy.Length}\r\n";
        await SendAsync(policy, OpenPolicy);
        await SendAsync(policy + "Origin: http://evil.example\r\n", OpenPolicy);
        Assert.Equal(404, StatusOf(await SendAsync("GET /policies/forged HTTP/1.1\r\nHost: localhost:PORT\r\n")));
    }

    [Fact]
    public async Task Bind_and_name_add_names_and_a_rejection_is_logged()
    {
        using TestDirectory directory = new();
        await using CloudServer cloud = await CloudServer.StartAsync(directory.Path, "--bind", "0.0.0.0", "--name", "cloud.example");
        (string, int)[] cases =
        [
            ("cloud.example:PORT", 200), ("Cloud.Example.", 200), ("192.0.2.1:PORT", 200), ("[2001:db8::1]:PORT", 200),
            ("evil.example:PORT", 403),
        ];
        foreach ((string host, int status) in cases)
        {
            Assert.Equal(status, StatusOf(await SendAsync(cloud.Http.Port, $"GET /things HTTP/1.1\r\nHost: {host}\r\n", string.Empty)));
        }

        ChildResult bad = await CloudServer.RunAsync("serve", "--data", directory.Path, "--name", "http://x");
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains("--name http://x: must be a DNS name of this machine", bad.Errors, StringComparison.Ordinal);
    }

    private static int StatusOf(string response) => int.Parse(response.Split(' ')[1], CultureInfo.InvariantCulture);

    private Task<string> SendAsync(string head, string body = "") => SendAsync(fixture.Cloud.Http.Port, head, body);

    private static async Task<string> SendAsync(int port, string head, string body)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port);
        string request = head.Replace(
            "PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) + "Connection: close\r\n\r\n" + body;
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using StreamReader reader = new(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
