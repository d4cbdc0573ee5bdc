using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.LocalCloud.Tests.Buckets;

/// <summary>The files of a bucket over HTTPS.</summary>
public sealed class BucketServerTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(100_000);
    private PresignedUrls _urls = null!;
    private BucketServer _server = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_directory["bucket"]);
        await File.WriteAllBytesAsync(_directory["bucket/f.bin"], _content);
        using TestCertificates certificates = new(_directory.Path);
        CertificateFiles files = certificates.IssueServer();
        _urls = new PresignedUrls(new Dictionary<string, string> { ["files"] = _directory["bucket"] });
        _server = await BucketServer.StartAsync(
            IPAddress.Loopback, 0, X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), _urls, TimeProvider.System,
            NullLoggerFactory.Instance, CancellationToken.None);
        _urls.Origin = $"https://127.0.0.1:{_server.Port}";
        X509Certificate2 authority = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificates.CaFile));
        SocketsHttpHandler handler = new();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        _http = new HttpClient(handler);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_file_and_a_part_of_it_are_served()
    {
        using HttpResponseMessage whole = await _http.GetAsync(Url("f.bin"));
        Assert.Equal(_content, await whole.Content.ReadAsByteArrayAsync());
        EntityTagHeaderValue tag = whole.Headers.ETag!;
        Assert.False(tag.IsWeak);
        using HttpResponseMessage part = await GetPartAsync(tag);
        Assert.Equal(
            (HttpStatusCode.PartialContent, "bytes 60000-99999/100000"),
            (part.StatusCode, part.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(_content[60_000..], await part.Content.ReadAsByteArrayAsync());

        // Of another file there is no rest.
        await File.WriteAllBytesAsync(_directory["bucket/f.bin"], _content[1..]);
        using HttpResponseMessage changed = await GetPartAsync(tag);
        Assert.Equal((HttpStatusCode.OK, 99_999), (changed.StatusCode, changed.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Errors_are_those_of_S3()
    {
        await AssertErrorAsync(_http.GetAsync(Url("gone.bin")), HttpStatusCode.NotFound, "<Code>NoSuchKey</Code>");
        await AssertErrorAsync(
            _http.GetAsync(new Uri(_urls.Origin + "/files/f.bin")),
            HttpStatusCode.Forbidden,
            "<Code>AccessDenied</Code>");
        await AssertErrorAsync(_http.DeleteAsync(Url("f.bin")), HttpStatusCode.MethodNotAllowed, "<Code>MethodNotAllowed</Code>");
        Assert.True(File.Exists(_directory["bucket/f.bin"]));
    }

    private static async Task AssertErrorAsync(Task<HttpResponseMessage> request, HttpStatusCode status, string body)
    {
        using HttpResponseMessage response = await request;
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(body, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> GetPartAsync(EntityTagHeaderValue tag)
    {
        HttpRequestMessage request = new(HttpMethod.Get, Url("f.bin"));
        request.Headers.Range = new RangeHeaderValue(60_000, null);
        request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        return _http.SendAsync(request);
    }

    private Uri Url(string key)
    {
        RawJson document = RawJson.FromText($$"""{ "url": "${aws:iot:s3-presigned-url:https://s3.r.amazonaws.com/files/{{key}}}" }""");
        return new Uri(_urls.Resolve(document, 60, DateTimeOffset.UtcNow).ToString().Split('"')[3]);
    }
}
