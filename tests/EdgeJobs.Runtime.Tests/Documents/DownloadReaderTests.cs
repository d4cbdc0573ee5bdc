using System.Text;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Documents;

/// <summary>The input of a download step.</summary>
public sealed class DownloadReaderTests
{
    private const string Sum = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

    [Fact]
    public void All_members_are_read()
    {
        StepAction.Download download = Read(
            $$"""
            { "url": ["https://a/f?x=1", "http://b/f"], "path": "/opt/a b/f", "sha256": "{{Sum}}", "size": "4294967296", "mode": "0750",
              "owner": "pump" }
            """);
        Assert.Equal(["https://a/f?x=1", "http://b/f"], download.Urls);
        Assert.Equal(
            ("/opt/a b/f", Sum.ToLowerInvariant(), 4_294_967_296, "pump"),
            (download.Path, download.Sha256, download.Size, download.Owner));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute,
            (UnixFileMode)download.Mode);
        Assert.Equal("download of /opt/a b/f", download.Describe());
    }

    [Fact]
    public void An_empty_parameter_of_a_template_is_absent()
    {
        StepAction.Download download = Read(
            """{ "url": "https://a/f", "path": "/f", "sha256": "", "size": "", "mode": "", "owner": "" }""",
            """, "runAsUser": "", "allowStdErr": "", "environment": null """);
        Assert.Equal((null, null, StepAction.Download.DefaultMode, null), (download.Sha256, download.Size, download.Mode, download.Owner));
    }

    [Fact]
    public void A_placeholder_is_valid_in_a_document_and_not_on_a_board()
    {
        const string Url = "${aws:iot:s3-presigned-url:https://s3.eu-central-1.amazonaws.com/bucket/key}";
        DocumentResult result = Result($$"""{ "url": "{{Url}}", "path": "/f" }""", "");
        Assert.True(result.IsValid, result.Reason);
        const string Fault =
            "step 1 of 1 'n': the URL is a placeholder that the service has not replaced; give the job a presignedUrlConfig";
        Assert.Equal(Fault, ExecutionPolicy.CheckWithoutPolicy(result.Plan));
        Assert.Equal(Fault, new ExecutionPolicy { Users = ["root"] }.Check(result.Plan, "/bin", "/", 0));
    }

    [Fact]
    public void A_signature_is_read()
    {
        const string Hold = "${aws:iot:code-sign-signature:s3://region.bucket/file@version}";
        Assert.Equal(
            new FileSignature("AAAA", "rsa-pss-sha384"),
            Read("""{ "url": "http://a/f", "path": "/f", "signature": "AAAA", "signatureAlgorithm": "rsa-pss-sha384" }""").Signature);
        Assert.Equal(
            new FileSignature("https://a/s", "ecdsa-sha256"),
            Read("""{ "url": "https://a/f", "path": "/f", "signature": "https://a/s", "signatureAlgorithm": "" }""").Signature);
        DocumentResult result = Result($$"""{ "url": "https://a/f", "path": "/f", "signature": "{{Hold}}" }""", "");
        Assert.True(result.IsValid, result.Reason);
        Assert.Equal(
            "step 1 of 1 'n': the signature is a placeholder that the service has not replaced",
            ExecutionPolicy.CheckWithoutPolicy(result.Plan));
    }

    [Fact]
    public void The_file_of_a_signature_is_restricted_like_others()
    {
        DocumentResult result = Result("""{ "url": "https://a/f", "path": "/f", "signature": "http://b/s" }""", "");
        Assert.True(result.IsValid, result.Reason);
        Assert.Contains("allowHttp", ExecutionPolicy.CheckWithoutPolicy(result.Plan), StringComparison.Ordinal);
        string? denied = new ExecutionPolicy { UrlHosts = ["a"], AllowsHttp = true }.Check(result.Plan, "/bin", "/", 1);
        Assert.Contains("the host b is not allowed", denied, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "path": "/f" }""", "input.url: missing; a download needs the URL of the file, https://HOST/PATH, or an array of URLs")]
    [InlineData(
        """{ "url": "", "path": "/f" }""",
        "input.url: is empty; it must be the URL of the file, https://HOST/PATH, or an array of URLs")]
    [InlineData("""{ "url": [], "path": "/f" }""", "input.url: must have 1 to 10 elements")]
    [InlineData("""{ "url": 7, "path": "/f" }""", "input.url: must be a string or an array of strings, not such a number")]
    [InlineData("""{ "url": "ftp://a/f", "path": "/f" }""", "input.url: begins with neither https:// nor http://")]
    [InlineData("""{ "url": "file:///etc/passwd", "path": "/f" }""", "input.url: begins with neither https:// nor http://")]
    [InlineData(
        """{ "url": "https:///f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://a:99999/f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://ä/f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://[a]/f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://[::1]x/f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://::1/f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://a:0/f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://a b/f", "path": "/f" }""",
        "input.url: has no valid host and port; write other letters than ASCII as xn--…")]
    [InlineData(
        """{ "url": "https://user:secret@a/f", "path": "/f" }""",
        "input.url: has a user name or password, which is not supported; use a presigned URL")]
    [InlineData("""{ "url": "https://a/f\r\nHost: b", "path": "/f" }""", "input.url: has a control character, which no URL can have")]
    [InlineData("""{ "url": "https://a/f" }""", "input.path: missing; a download needs the absolute path of the file")]
    [InlineData("""{ "url": "https://a/f", "path": "f" }""", "input.path: 'f' is not an absolute path; it must start with /")]
    [InlineData("""{ "url": "https://a/f", "path": "/tmp/" }""", "input.path: '/tmp/' names a directory; name a file in it")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/tmp/../etc/f" }""",
        "input.path: '/tmp/../etc/f' has a part that is empty, '.' or '..'; write it without")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/tmp//f" }""",
        "input.path: '/tmp//f' has a part that is empty, '.' or '..'; write it without")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f\u0000" }""",
        "input.path: contains a NUL character, which can't be passed to a program")]
    [InlineData("""{ "url": "https://a/f", "path": "/f", "sha256": "abc" }""", "input.sha256: must be 64 hexadecimal digits")]
    [InlineData(
        """{ "url": "http://a/f", "path": "/f" }""",
        "input.sha256: missing; without TLS, a download needs the checksum or the signature of the file")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f", "signature": "AAA" }""",
        "input.signature: must be the signature in base64, or the URL of a file with it")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f", "signature": "ftp://a/f" }""",
        "input.signature: begins with neither https:// nor http://")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f", "signature": "AAAA", "signatureAlgorithm": "rsa-sha1" }""",
        "input.signatureAlgorithm: must be one of ecdsa-sha256, ecdsa-sha384, rsa-pss-sha256, rsa-pss-sha384, rsa-pkcs1-sha256, rsa-pkcs1-sha384")]
    [InlineData("""{ "url": "https://a/f", "path": "/f", "size": -1 }""", "input.size: must be at least 0")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f", "size": "big" }""",
        "input.size: must be a whole number from 0, not such a string")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f", "mode": "4755" }""",
        "input.mode: must be the permissions in octal, such as \"644\"")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f", "mode": "888" }""",
        "input.mode: must be the permissions in octal, such as \"644\"")]
    [InlineData(
        """{ "url": "https://a/f", "path": "/f", "sha265": "" }""",
        "input.sha265: a download has no such member; its members are url, path, sha256, signature, signatureAlgorithm, size, mode, owner")]
    public void An_invalid_input_says_where_and_why(string input, string fault) =>
        Assert.Equal($"invalid job document: steps[0].action.{fault}", Reason(input));

    [Theory]
    [InlineData("\"runAsUser\": \"pump\"", "runAsUser: a download runs no program; name the user that gets the file in input.owner")]
    [InlineData("\"environment\": { \"A\": \"b\" }", "environment: a download runs no program; remove it")]
    [InlineData("\"successExitCodes\": [0]", "successExitCodes: a download runs no program; remove it")]
    public void Members_of_processes_are_refused(string member, string fault) =>
        Assert.Equal($"invalid job document: steps[0].action.{fault}", Reason("""{ "url": "https://a/f", "path": "/f" }""", ", " + member));

    private static StepAction.Download Read(string input, string more = "")
    {
        DocumentResult result = Result(input, more);
        Assert.True(result.IsValid, result.Reason);
        return (StepAction.Download)result.Plan.Steps[0].Action;
    }

    private static string? Reason(string input, string more = "") => Result(input, more).Reason;

    private static DocumentResult Result(string input, string more) => JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(
        $$"""{ "version": "1.0", "steps": [{ "action": { "name": "n", "type": "download", "input": {{input}}{{more}} } }] }"""));
}
