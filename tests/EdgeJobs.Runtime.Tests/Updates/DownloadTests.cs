using System.Net;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Downloads over TLS whose server behaves.</summary>
public sealed class DownloadTests : IAsyncDisposable
{
    private readonly DownloadFixture _download = new();

    public ValueTask DisposeAsync() => _download.DisposeAsync();

    [Fact]
    public async Task A_file_arrives_in_one_piece()
    {
        await _download.SucceedAsync(_download.Plan() with { Size = _download.Content.Length });
        FileRequest request = Assert.Single(_download.Server.Requests);
        Assert.Equal(
            ("/update.bin?X-Amz-Signature=secret", "identity", null),
            (request.Target, request.Header("Accept-Encoding"), request.Header("Range")));
        Assert.Equal($"127.0.0.1:{_download.Server.Port}", request.Header("Host"));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(_download.Target));
        Assert.EndsWith($"/{_download.Content.Length}", _download.Progress.First().Values["bytes"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_existing_file_is_replaced_and_gets_the_mode_of_the_document()
    {
        File.WriteAllText(_download.Target, "old");
        await _download.SucceedAsync(_download.Plan() with { Mode = 0x1E8 });
        Assert.Equal((UnixFileMode)0x1E8, File.GetUnixFileMode(_download.Target));
    }

    [Fact]
    public async Task A_file_that_is_there_already_is_not_requested()
    {
        File.WriteAllBytes(_download.Target, _download.Content);
        await _download.SucceedAsync(_download.Plan() with { Mode = 0x180 });
        Assert.Empty(_download.Server.Requests);
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(_download.Target));
    }

    [Fact]
    public async Task An_empty_file_without_any_check_is_a_file()
    {
        _download.Server.File = [];
        StepResult result = await _download.RunAsync(_download.Plan() with { Sha256 = null });
        Assert.True(result.Code == 0, result.Fault);
        _download.AssertWhole([]);
    }

    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("2;name=\"value\"\r\nhe\r\n003\r\nllo\r\n0\r\nTrailer: ignored\r\n\r\n", "hello")]
    public async Task A_chunked_file_needs_no_length(string body, string content)
    {
        _download.Server.Answer($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        StepResult result = await _download.RunAsync(_download.Plan() with { Sha256 = null });
        Assert.True(result.Code == 0, result.Fault);
        _download.AssertWhole(System.Text.Encoding.ASCII.GetBytes(content));
    }

    [Fact]
    public async Task A_file_that_ends_with_the_connection_needs_a_check()
    {
        const string Answer = "HTTP/1.0 200 OK\r\n\r\nhello";
        _download.Server.Answer(Answer);
        Assert.EndsWith(
            "the server does not state where the file ends; add sha256, signature or size",
            await _download.FailAsync(_download.Plan() with { Sha256 = null }),
            StringComparison.Ordinal);
        _download.Server.Answer(Answer);
        StepResult result = await _download.RunAsync(_download.Plan() with { Sha256 = null, Size = 5 });
        Assert.True(result.Code == 0, result.Fault);
    }

    [Fact]
    public async Task An_encoded_file_is_stored_only_with_its_checksum()
    {
        _download.Server.Answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Contains(
            "the server sends the file with Content-Encoding gzip though the agent accepts none; add the sha256",
            await _download.FailAsync(_download.Plan() with { Sha256 = null }),
            StringComparison.Ordinal);
        _download.Server.Repeat(1, async (_, stream) =>
        {
            await FileServer.SayAsync(
                stream,
                $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {_download.Content.Length}\r\n\r\n");
            await stream.WriteAsync(_download.Content);
        });
        await _download.SucceedAsync();
    }

    [Theory]
    [InlineData("/[1-3].bin")]
    [InlineData("/{a,b}.bin")]
    [InlineData("/a%20b%5B1-2%5D%7e?x={y,z}&r=[1-9]&s=%2D+")]
    [InlineData("/a/../b//c")]
    public async Task A_URL_goes_to_the_server_as_it_is_written(string target)
    {
        await _download.SucceedAsync(_download.Plan(_download.Server.Root + target));
        Assert.Equal(target, Assert.Single(_download.Server.Requests).Target);
    }

    [Theory]
    [InlineData("/Größe 1.bin#part", "/Gr%C3%B6%C3%9Fe%201.bin")]
    [InlineData("?a=b", "/?a=b")]
    [InlineData("", "/")]
    public async Task What_no_URL_can_have_is_encoded(string written, string target)
    {
        await _download.SucceedAsync(_download.Plan(_download.Server.Root + written));
        Assert.Equal(target, Assert.Single(_download.Server.Requests).Target);
    }

    [Fact]
    public async Task The_host_may_be_an_IPv6_address()
    {
        await using FileServer server = FileServer.Start(_download.Content, _download.Certificates, IPAddress.IPv6Loopback);
        await _download.SucceedAsync(_download.Plan(server.Url));
        Assert.Equal($"[::1]:{server.Port}", Assert.Single(server.Requests).Header("Host"));
    }

    [Theory]
    [InlineData("-o")]
    [InlineData("a b 'c' \"d\" $HOME `id` *")]
    [InlineData("Größe [1-3] {a,b} #1 %20\n")]
    public async Task A_file_may_have_any_name(string name)
    {
        _download.Target = _download.PathOf("files/" + name);
        await _download.SucceedAsync();
    }

    [Fact]
    public async Task Redirects_are_followed_and_may_have_bodies()
    {
        foreach (string location in (string[])["/second", "third?x=1", _download.Server.Root + "/fourth", "?last"])
        {
            _download.Server.Answer($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 4\r\nETag: \"redirect\"\r\n\r\nbody");
        }

        await _download.SucceedAsync();
        Assert.Equal(
            ["/update.bin?X-Amz-Signature=secret", "/second", "/third?x=1", "/fourth", "/fourth?last"],
            _download.Server.Requests.Select(r => r.Target));
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        _download.Server.Answer(302, "Location: /again\r\n", times: 20);
        Assert.Contains(": more than 10 redirects", await _download.FailAsync(), StringComparison.Ordinal);
        Assert.Equal(11, _download.Server.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_never_leaves_TLS()
    {
        _download.Options = _download.Options with { Policy = new() { Users = ["root"], AllowsHttp = true } };
        _download.Server.Answer(302, "Location: http://127.0.0.1:9/update.bin?secret\r\n");
        Assert.Contains(
            "redirects from HTTPS to HTTP (http://127.0.0.1:9/update.bin), which the agent does not follow",
            await _download.FailAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_hosts_of_the_setting_get_the_certificate_of_the_thing()
    {
        CertificateFiles thing = _download.Certificates.IssueClient("pump-7");
        _download.Options = _download.Options with
        {
            CertificateHosts = ["files.example.com", "LOCALHOST"],
            Connection = _download.Options.Connection with { CertificateFile = thing.Certificate, KeyFile = thing.Key },
        };
        FileServer server = _download.Server;
        server.RequestsCertificate = true;
        server.Answer(302, $"Location: {server.Root}/elsewhere\r\n");
        await _download.SucceedAsync(_download.Plan($"https://localhost:{server.Port}/update.bin"));
        Assert.Equal(["CN=pump-7", null], server.Clients);
        Assert.Contains("127.0.0.1", server.Root, StringComparison.Ordinal);

        File.Delete(_download.Target);
        File.WriteAllText(thing.Key, "damaged");
        string fault = await _download.FailAsync(_download.Plan($"https://localhost:{server.Port}/update.bin"));
        Assert.Contains(thing.Key, fault, StringComparison.Ordinal);
        Assert.Equal(2, server.Clients.Count);
    }

    [Fact]
    public async Task The_next_URL_is_used_when_one_has_no_file()
    {
        _download.Server.Answer(404);
        await _download.SucceedAsync(_download.Plan(_download.Server.Root + "/gone", _download.Server.Root + "/here"));
        Assert.Equal(["/gone", "/here"], _download.Server.Requests.Select(r => r.Target));
    }

    [Fact]
    public async Task The_proxy_of_the_agent_is_used()
    {
        await using ConnectProxy proxy = new();
        proxy.Route($"files.example.com:{_download.Server.Port}", _download.Server.Port);
        Assert.True(Client.HttpProxy.TryParse($"http://127.0.0.1:{proxy.Port}", out Client.HttpProxy? address, out _));
        _download.Options = _download.Options with { Attempts = 1, Connection = _download.Options.Connection with { Proxy = address } };
        string url = $"https://files.example.com:{_download.Server.Port}/update.bin";

        // The tunnel works, and the certificate of the server is checked for the name in the URL.
        Assert.Contains(
            "the server's certificate is not for 'files.example.com' but for 'localhost', '127.0.0.1', '::1'; "
                + "check the host name in the URL",
            await _download.FailAsync(_download.Plan(url)),
            StringComparison.Ordinal);
        proxy.Route($"localhost:{_download.Server.Port}", _download.Server.Port);
        await _download.SucceedAsync(_download.Plan($"https://localhost:{_download.Server.Port}/update.bin"));
        Assert.Equal(2, proxy.Requests.Count);
    }

    [Fact]
    public async Task A_server_of_another_authority_gets_no_request()
    {
        using TestCertificates others = new(_download.PathOf("pki"), "Another CA");
        await using FileServer server = FileServer.Start(_download.Content, others);
        _download.Options = _download.Options with { Attempts = 2 };
        string fault = await _download.FailAsync(_download.Plan(server.Url));
        Assert.Contains("which is not in the CA file", fault, StringComparison.Ordinal);
        Assert.EndsWith("; the last 2 attempts got no new byte", fault, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_time_out_ends_a_download_and_keeps_its_part()
    {
        _download.Server.Hold(500_000);
        StepPlan step = new() { Name = "fetch", Action = _download.Plan(), Timeout = TimeSpan.FromMilliseconds(700) };
        StepResult result = await _download.RunAsync(step, null);
        Assert.Equal("timed out after 0.7 s (the file is not complete)", result.Describe());
        Assert.False(result.WasCanceled);
    }
}
