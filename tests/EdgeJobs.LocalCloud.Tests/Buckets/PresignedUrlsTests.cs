using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Buckets;

public sealed class PresignedUrlsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private readonly TestDirectory _directory = new();
    private readonly PresignedUrls _urls;

    public PresignedUrlsTests()
    {
        Directory.CreateDirectory(_directory["bucket/a b"]);
        File.WriteAllText(_directory["outside"], "outside");
        File.WriteAllText(_directory["bucket/a b/f%1+ü.bin"], "content");
        _urls = new PresignedUrls(new Dictionary<string, string> { ["files"] = _directory["bucket"] })
        {
            Origin = "https://127.0.0.1:8443",
        };
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("s3-presigned-url:https://s3.eu-central-1.amazonaws.com/files/a b/f%1+ü.bin")]
    [InlineData("s3-presigned-url:https://s3.amazonaws.com/files/a b/f%1+ü.bin")]
    [InlineData("s3-presigned-url:https://files.s3.eu-central-1.amazonaws.com/a b/f%1+ü.bin")]
    [InlineData("s3-presigned-url-v2:https://s3.eu-central-1.amazonaws.com/files/a%20b/f%251+%C3%BC.bin")]
    public void A_placeholder_becomes_the_URL_of_a_file(string placeholder)
    {
        string text = $$"""{ "url": "${aws:iot:{{placeholder}}}" }""";
        Assert.Null(_urls.FindFault(text));
        string target = Target(text);
        Assert.StartsWith("/files/a%20b/f%251%2B%C3%BC.bin?X-Amz-Algorithm=", target, StringComparison.Ordinal);
        Assert.Null(_urls.Open(target, Now, out string? file));
        Assert.Equal(_directory["bucket/a b/f%1+ü.bin"], file);
    }

    [Fact]
    public void Every_placeholder_of_a_document_is_replaced_and_each_time_anew()
    {
        const string One = "${aws:iot:s3-presigned-url:https://s3.r.amazonaws.com/files/f}";
        RawJson document = RawJson.FromText($$"""{ "a": "{{One}}", "b": ["x{{One}}{{One}}y"], "c": "plain" }""");
        string first = _urls.Resolve(document, 60, Now).ToString();
        Assert.Equal(3, first.Split("https://127.0.0.1:8443/files/f?").Length - 1);
        Assert.DoesNotContain("aws:iot", first, StringComparison.Ordinal);
        Assert.NotEqual(first, _urls.Resolve(document, 60, Now).ToString());
        RawJson plain = RawJson.FromText("""{ "a": "${HOME}" }""");
        Assert.Equal(plain.ToString(), _urls.Resolve(plain, 60, Now).ToString());
    }

    [Fact]
    public void A_URL_expires()
    {
        string target = Target();
        Assert.Null(_urls.Open(target, Now.AddSeconds(59), out _));
        Assert.Equal("Request has expired", _urls.Open(target, Now.AddSeconds(60), out string? file));
        Assert.Null(file);
    }

    [Fact]
    public void A_changed_URL_is_refused()
    {
        string target = Target();
        Assert.Equal("The request has no signature", _urls.Open("/files/f", Now, out _));
        foreach (string changed in (string[])[
            target.Replace("Expires=60", "Expires=99", StringComparison.Ordinal),
            target.Replace("/files/f", "/files/g", StringComparison.Ordinal),
            target + "0",
            target[..^1],
        ])
        {
            Assert.Equal("The signature does not match", _urls.Open(changed, Now, out _));
        }

        PresignedUrls restarted = new(new Dictionary<string, string> { ["files"] = _directory["bucket"] });
        Assert.Equal("The signature does not match", restarted.Open(target, Now, out _));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("..%2Foutside")]
    [InlineData("/etc/passwd")]
    [InlineData("a b")]
    public void A_key_leads_to_no_file_outside_the_directory(string key)
    {
        string text = $$"""{ "url": "${aws:iot:s3-presigned-url-v2:https://s3.r.amazonaws.com/files/{{key}}}" }""";
        Assert.Null(_urls.Open(Target(text), Now, out string? file));
        Assert.Null(file);
    }

    [Fact]
    public void An_unknown_bucket_is_named() => Assert.Equal(
        "the bucket other does not exist; start the local cloud with --bucket other=DIR",
        _urls.FindFault("${aws:iot:s3-presigned-url:https://s3.r.amazonaws.com/other/f}"));

    [Theory]
    [InlineData("${aws:iot:s3-presigned-url:files/f}")]
    [InlineData("${aws:iot:s3-presigned-url:https://s3.r.amazonaws.com/files/}")]
    [InlineData("${aws:iot:s3-presigned-url:https://example.com/files/f}")]
    [InlineData("${aws:iot:s3-presigned-url-v3:https://s3.r.amazonaws.com/files/f}")]
    public void A_placeholder_of_another_form_is_named(string text) => Assert.Equal(
        $"the placeholder {text} must have the form ${{aws:iot:s3-presigned-url:https://s3.REGION.amazonaws.com/BUCKET/KEY}}",
        _urls.FindFault(text));

    private string Target(string text = """{ "url": "${aws:iot:s3-presigned-url:https://s3.r.amazonaws.com/files/f}" }""")
    {
        string url = _urls.Resolve(RawJson.FromText(text), 60, Now).ToString().Split('"')[3];
        Assert.StartsWith(_urls.Origin, url, StringComparison.Ordinal);
        return url[_urls.Origin.Length..];
    }
}
