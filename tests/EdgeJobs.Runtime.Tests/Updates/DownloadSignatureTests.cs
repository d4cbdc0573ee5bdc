using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Downloads with a signature that openssl has made.</summary>
[Trait("Category", "Integration")]
public sealed class DownloadSignatureTests : IAsyncLifetime
{
    private readonly DownloadFixture _download = new();
    private readonly TestDirectory _keys = new();
    private string Trusted => _keys["trusted"];

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Trusted);
        await File.WriteAllBytesAsync(_keys["file"], _download.Content);
        _download.Options = _download.Options with { TrustedKeys = Trusted };
    }

    public async Task DisposeAsync()
    {
        await _download.DisposeAsync();
        _keys.Dispose();
    }

    [Theory]
    [InlineData("ecdsa-sha256", "P-256")]
    [InlineData("ecdsa-sha384", "P-256")]
    [InlineData("ecdsa-sha256", "P-384")]
    [InlineData("ecdsa-sha384", "P-384")]
    [InlineData("rsa-pss-sha256", "2048")]
    [InlineData("rsa-pss-sha384", "3072")]
    [InlineData("rsa-pkcs1-sha256", "2048")]
    [InlineData("rsa-pkcs1-sha384", "2048")]
    public async Task A_signed_file_arrives_and_another_one_does_not(string algorithm, string kind)
    {
        await TrustAsync("other", kind);
        await TrustAsync("vendor", kind);
        string signature = await SignAsync("vendor", algorithm);
        await _download.SucceedAsync(Plan(signature, algorithm));

        File.Delete(_download.Target);
        _download.Server.File = [.. _download.Content.AsSpan(1), 7];
        string fault = await _download.FailAsync(Plan(signature, algorithm));
        Assert.Equal(
            $"the signature of the file is not valid for any of the 2 keys for {algorithm} in {Trusted}; nothing is changed",
            fault);
    }

    [Fact]
    public async Task A_signature_of_another_key_or_algorithm_is_refused()
    {
        await MakeKeyAsync("stranger", "P-256");
        await TrustAsync("ec", "P-256");
        await TrustAsync("rsa", "2048");
        await FailAsync(Plan(await SignAsync("stranger", "ecdsa-sha256")), "of the 1 keys for ecdsa-sha256");
        await FailAsync(Plan(await SignAsync("ec", "ecdsa-sha256"), "ecdsa-sha384"), "of the 1 keys for ecdsa-sha384");
        await FailAsync(Plan(await SignAsync("rsa", "rsa-pkcs1-sha256"), "rsa-pss-sha256"), "of the 1 keys for rsa-pss-sha256");
        await FailAsync(Plan(await SignAsync("rsa", "rsa-pkcs1-sha256")), "of the 1 keys for ecdsa-sha256");
    }

    [Fact]
    public async Task A_changed_or_shortened_signature_is_refused()
    {
        await TrustAsync("ec", "P-256");
        byte[] good = Convert.FromBase64String(await SignAsync("ec", "ecdsa-sha256"));
        byte[] changed = [.. good];
        changed[^1] ^= 1;
        foreach (byte[] bad in (byte[][])[changed, good[..^1], [.. good, 0], [0], new byte[4096]])
        {
            await FailAsync(Plan(Convert.ToBase64String(bad)), "the signature of the file is not valid");
        }
    }

    [Fact]
    public async Task The_key_may_be_in_a_certificate_whose_dates_do_not_matter()
    {
        await MakeKeyAsync("ec", "P-256");
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(_keys["ec.key"]));
        DateTimeOffset end = DateTimeOffset.UtcNow.AddYears(-1);
        using X509Certificate2 old =
            new CertificateRequest("CN=vendor", key, HashAlgorithmName.SHA256).CreateSelfSigned(end.AddYears(-1), end);
        await File.WriteAllTextAsync(_keys["trusted/old.pem"], old.ExportCertificatePem());
        await _download.SucceedAsync(Plan(await SignAsync("ec", "ecdsa-sha256")));
    }

    [Fact]
    public async Task Keys_that_the_agent_does_not_use_are_named()
    {
        await TrustAsync("a-ed25519", "ed25519");
        await TrustAsync("b-small", "1024");
        await TrustAsync("c-curve", "secp256k1");
        await File.WriteAllTextAsync(_keys["trusted/d-broken.pem"], "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        await File.WriteAllTextAsync(_keys["trusted/e-text.pem"], "text");
        await File.WriteAllTextAsync(_keys["trusted/f-ignored.txt"], "text");
        File.Copy(_keys["c-curve.key"], _keys["trusted/g-private.pem"]);
        string fault = await _download.FailAsync(Plan(await SignAsync("c-curve", "ecdsa-sha256")));
        Assert.StartsWith("the signature of the file is not valid for any of the 0 keys", fault, StringComparison.Ordinal);
        foreach (string expected in (string[])
            [
                "; a-ed25519.pem can't be used: its key is not an RSA key or one of the curves P-256 and P-384;",
                "; b-small.pem can't be used: its RSA key has less than 2048 bits;",
                "; c-curve.pem can't be used: its key is not an RSA key or one of the curves P-256 and P-384;",
                "; d-broken.pem can't be used: ",
                "; e-text.pem can't be used: it does not begin with a PUBLIC KEY or a CERTIFICATE in PEM format;",
                "; g-private.pem can't be used: it does not begin with a PUBLIC KEY or a CERTIFICATE in PEM format;",
            ])
        {
            Assert.Contains(expected, fault, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("f-ignored", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_others_may_replace_are_not_trusted()
    {
        await TrustAsync("ec", "P-256");
        string signature = await SignAsync("ec", "ecdsa-sha256");
        File.SetUnixFileMode(_keys["trusted/ec.pem"], (UnixFileMode)0x1B6);
        await FailAsync(Plan(signature), "is writable by users other than its owner");
        File.SetUnixFileMode(_keys["trusted/ec.pem"], (UnixFileMode)0x1A4);
        File.Move(_keys["trusted/ec.pem"], _keys["ec.pem"]);
        File.CreateSymbolicLink(_keys["trusted/ec.pem"], _keys["ec.pem"]);
        await FailAsync(Plan(signature), "ec.pem can't be used");
        File.Delete(_keys["trusted/ec.pem"]);
        File.Move(_keys["ec.pem"], _keys["trusted/ec.pem"]);
        File.SetUnixFileMode(Trusted, (UnixFileMode)0x1FF);
        await FailAsync(Plan(signature), Trusted);
        File.SetUnixFileMode(Trusted, (UnixFileMode)0x1C0);
        await _download.SucceedAsync(Plan(signature));
    }

    [Fact]
    public async Task Without_trusted_keys_nothing_is_requested()
    {
        _download.Options = _download.Options with { TrustedKeys = null };
        await FailAsync(Plan("AAAA"), "the agent has no trusted keys; set trusted_keys");
        _download.Options = _download.Options with { TrustedKeys = _keys["none"] };
        await FailAsync(Plan("AAAA"), "none, does not exist; create it");
        Assert.Empty(_download.Server.Requests);
    }

    [Fact]
    public async Task The_signature_may_be_a_file_on_the_server()
    {
        await TrustAsync("ec", "P-384");
        string signature = await SignAsync("ec", "ecdsa-sha384");
        foreach (byte[] body in (byte[][])[System.Text.Encoding.ASCII.GetBytes(signature + "\n"), Convert.FromBase64String(signature)])
        {
            _download.Server.Answer(503, "Retry-After: 0\r\n");
            _download.Server.Answer(302, "Location: /elsewhere.sig\r\n");
            AnswerWith(body);
            await _download.SucceedAsync(Plan(_download.Server.Root + "/update.sig", "ecdsa-sha384"));
            File.Delete(_download.Target);
        }

        _download.Server.Answer(404);
        await FailAsync(Plan(_download.Server.Root + "/update.sig", "ecdsa-sha384"), "/update.sig: the server answers with status 404");
        AnswerWith(new byte[5000]);
        await FailAsync(Plan(_download.Server.Root + "/update.sig", "ecdsa-sha384"), "/update.sig: is longer than a signature");
        AnswerWith([]);
        await FailAsync(Plan(_download.Server.Root + "/update.sig", "ecdsa-sha384"), "/update.sig: is empty");
    }

    [Fact]
    public async Task A_file_that_is_there_must_have_the_signature_too()
    {
        await TrustAsync("ec", "P-256");
        await File.WriteAllBytesAsync(_download.Target, _download.Content);
        StepAction.Download plan = Plan(await SignAsync("ec", "ecdsa-sha256")) with { Sha256 = DownloadFixture.Sum(_download.Content) };
        await _download.SucceedAsync(plan);
        Assert.Empty(_download.Server.Requests);

        await MakeKeyAsync("stranger", "P-256");
        plan = plan with { Signature = new FileSignature(await SignAsync("stranger", "ecdsa-sha256"), "ecdsa-sha256") };
        await FailAsync(plan, "the signature of the file is not valid");
    }

    [Fact]
    public async Task A_continued_file_is_checked_as_a_whole()
    {
        await TrustAsync("ec", "P-384");
        StepAction.Download plan = Plan(await SignAsync("ec", "ecdsa-sha384"), "ecdsa-sha384");
        _download.Server.Cut(300_000);
        await _download.SucceedAsync(plan);
        Assert.Equal([0, 300_000], _download.Server.Starts);
    }

    [Fact]
    public async Task A_policy_can_demand_signatures()
    {
        _download.Options = _download.Options with { Policy = new ExecutionPolicy { Users = ["root"], RequiresSignatures = true } };
        string fault = await _download.FailAsync(Plan(null));
        Assert.StartsWith("download of ", fault, StringComparison.Ordinal);
        Assert.EndsWith(
            " has no signature, which \"requireSignatures\" in the \"policy\" section of the configuration demands; add a signature",
            fault,
            StringComparison.Ordinal);
        Assert.Empty(_download.Server.Requests);
        await TrustAsync("ec", "P-256");
        await _download.SucceedAsync(Plan(await SignAsync("ec", "ecdsa-sha256")));
    }

    private StepAction.Download Plan(string? signature, string algorithm = "ecdsa-sha256") => _download.Plan() with
    {
        Sha256 = null,
        Signature = signature is null ? null : new FileSignature(signature, algorithm),
    };

    private void AnswerWith(byte[] body) => _download.Server.Faults.Enqueue(async (_, stream) =>
    {
        await FileServer.SayAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n");
        await stream.WriteAsync(body);
    });

    private async Task FailAsync(StepAction.Download plan, string expected) =>
        Assert.Contains(expected, await _download.FailAsync(plan), StringComparison.Ordinal);

    private async Task TrustAsync(string name, string kind)
    {
        await MakeKeyAsync(name, kind);
        await OpenSslAsync("pkey", "-in", _keys[name + ".key"], "-pubout", "-out", _keys[$"trusted/{name}.pem"]);
        File.SetUnixFileMode(_keys[$"trusted/{name}.pem"], (UnixFileMode)0x1A4);
    }

    private Task MakeKeyAsync(string name, string kind) => OpenSslAsync(
    [
        "genpkey", "-out", _keys[name + ".key"],
        .. kind[0] is 'P' or 's' ? (string[])["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + kind]
            : kind == "ed25519" ? ["-algorithm", kind]
            : ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + kind],
    ]);

    /// <summary>Signs the file like a vendor.</summary>
    private async Task<string> SignAsync(string key, string algorithm)
    {
        string hash = algorithm.EndsWith("384", StringComparison.Ordinal) ? "-sha384" : "-sha256";
        string[] padding = algorithm.Contains("pss", StringComparison.Ordinal)
            ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
            : [];
        await OpenSslAsync(["dgst", hash, .. padding, "-sign", _keys[key + ".key"], "-out", _keys["signature"], _keys["file"]]);
        return Convert.ToBase64String(await File.ReadAllBytesAsync(_keys["signature"]));
    }

    private static async Task OpenSslAsync(params string[] arguments)
    {
        ChildResult result = await ChildProcess.RunAsync("openssl", arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
