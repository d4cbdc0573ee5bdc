using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// Every fault of a certificate that the other side detects, with the exact message. <see cref="CredentialTests"/> has the faults that the
/// files alone show.
/// </summary>
public sealed class CertificateFaultTests : BrokerTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Theory]
    [InlineData(TestKey.EcP256)]
    [InlineData(TestKey.EcP384)]
    [InlineData(TestKey.Rsa2048Pkcs8)]
    [InlineData(TestKey.Rsa4096)]
    public async Task A_server_with_each_kind_of_key(TestKey key) =>
        Assert.Null(await MessageOfServer(Broker.Certificates.IssueServer(key: key)));

    [Fact]
    public async Task A_server_whose_certificate_is_not_yet_valid()
    {
        DateTimeOffset from = new(Now.Year + 1, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.StartsWith(
            $"a certificate of the server is not valid now: 'CN=server' is valid from {from:yyyy-MM-dd} 00:00 UTC to "
                + $"{from.AddDays(90):yyyy-MM-dd} 00:00 UTC; renew it, or set this board's clock if it is wrong (now 20",
            await MessageOfServer(Broker.Certificates.IssueServer(notBefore: from, notAfter: from.AddDays(90))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_send_its_intermediate()
    {
        using TestCertificates line = Broker.Certificates.IssueAuthority("Line 4");
        Assert.Equal(
            "the server's certificate is issued by 'CN=Line 4', which is not in the CA file; give --ca_file the CA that issued it, or make "
                + "the server send its intermediates",
            await MessageOfServer(LeafAlone(line.IssueServer())));
    }

    [Fact]
    public async Task A_server_with_a_self_signed_certificate()
    {
        CertificateFiles self = SelfSigned("server");
        Assert.Equal(
            "the server's certificate 'CN=server' is self-signed and not trusted; if you trust it, give --ca_file this certificate",
            await MessageOfServer(self));
        Assert.Null(await MessageOfServer(self, caFile: self.Certificate));
    }

    [Fact]
    public async Task A_server_whose_certificate_is_for_clients() => Assert.Equal(
        "the server's certificate 'CN=server' is not for server authentication (extended key usage); reissue it with serverAuth",
        await MessageOfServer(Broker.Certificates.IssueServer(purpose: TestCertificates.ClientAuthentication)));

    [Fact]
    public async Task A_server_whose_certificate_has_no_extended_key_usage() =>
        Assert.Null(await MessageOfServer(Broker.Certificates.IssueServer(purpose: null)));

    [Fact]
    public async Task A_certificate_that_has_expired_by_the_servers_clock() => Assert.Equal(
        "TLS alert 'certificate expired'; give the thing a new certificate, or set the server's clock if that is wrong",
        await RefusalOf(Broker.Certificates.IssueClient("thing", notBefore: Now.AddDays(-9), notAfter: Now.AddDays(-1)), Now.AddDays(-2)));

    [Fact]
    public async Task A_certificate_that_is_not_yet_valid_by_the_servers_clock() => Assert.Equal(
        "TLS alert 'bad certificate'; check that the certificate is registered and active there, and valid by the server's clock",
        await RefusalOf(Broker.Certificates.IssueClient("thing", notBefore: Now.AddDays(1), notAfter: Now.AddDays(9)), Now.AddDays(2)));

    [Fact]
    public async Task A_certificate_without_the_intermediate_that_the_server_needs()
    {
        using TestCertificates line = Broker.Certificates.IssueAuthority("Line 4");
        Assert.Equal(
            "TLS alert 'unknown ca'; register it or its CA there, and append the intermediates to its file",
            await RefusalOf(LeafAlone(line.IssueClient("thing"))));
    }

    [Fact]
    public async Task A_self_signed_certificate() => Assert.Equal(
        "TLS alert 'unknown ca'; register it or its CA there, and append the intermediates to its file",
        await RefusalOf(SelfSigned("thing")));

    [Fact]
    public async Task A_certificate_that_is_for_servers() => Assert.Equal(
        "TLS alert 'unsupported certificate'; it is not for TLS clients: reissue it with the extended key usage clientAuth and the key "
            + "usage digitalSignature",
        await RefusalOf(Broker.Certificates.IssueClient("thing", purpose: TestCertificates.ServerAuthentication)));

    [Fact]
    public async Task A_certificate_that_was_revoked()
    {
        CertificateFiles revoked = Broker.Certificates.IssueClient("thing");
        CertificateFiles other = Broker.Certificates.IssueClient("thing");
        await using MosquittoBroker broker =
            await MosquittoBroker.StartAsync(certificates: Broker.Certificates, revoked: Broker.Certificates.Revoke(revoked));
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{broker.TlsPort} refuses the thing's certificate ({revoked.Certificate}): TLS alert "
                + $"'certificate revoked'; it was revoked there: give the thing a new certificate"),
            await FailureOf(Options(revoked) with { Port = broker.TlsPort }));
        Assert.Equal((null, null), await FailureOf(Options(other) with { Port = broker.TlsPort }));
    }

    [Theory]
    [InlineData("tlsv1.2")]
    [InlineData("tlsv1.3")]
    public async Task Supported_TLS_versions_connect(string version)
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: version);
        Assert.Equal((null, null), await FailureOf(Options() with { Port = broker.TlsPort }));
    }

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task Older_TLS_versions_are_rejected(string version)
    {
        CertificateFiles server = Broker.Certificates.IssueServer(key: TestKey.Rsa2048Pkcs8);
        int port = TestPorts.Free();
        await using ChildProcess old = ChildProcess.Start(
            "openssl", ["s_server", "-accept", $"127.0.0.1:{port}", "-cert", server.Certificate, "-key", server.Key, "-www", version,
            "-cipher", "ALL:@SECLEVEL=0"]);
        await TestPorts.WaitUntilOpenAsync(port, TimeSpan.FromSeconds(30));
        MqttConnectionOptions options = Options() with { Host = "127.0.0.1", Port = port };
        Assert.Equal(
            (ConnectFailureKind.Tls, $"127.0.0.1:{port} refuses the TLS handshake (TLS alert 'protocol version'); check that it takes TLS "
                + $"1.2 or 1.3 with this host name, and that the thing's certificate ({options.CertificateFile}) is registered and active "
                + $"there"),
            await FailureOf(options));
    }

    /// <summary>The failure for a server with this certificate, without the address; null if it is trusted.</summary>
    private async Task<string?> MessageOfServer(CertificateFiles server, string? caFile = null)
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, server: server);
        MqttConnectionOptions options = Options() with { Port = broker.TlsPort };
        (ConnectFailureKind? kind, string? message) = await FailureOf(caFile is null ? options : options with { CaFile = caFile });
        Assert.True(kind is null or ConnectFailureKind.Tls);
        return Without(message, $"localhost:{broker.TlsPort}: ");
    }

    /// <summary>The failure if the server refuses this certificate.</summary>
    private async Task<string?> RefusalOf(CertificateFiles files, DateTimeOffset? clock = null)
    {
        (ConnectFailureKind? kind, string? message) = await FailureOf(Options(files), new FakeTimeProvider(clock ?? DateTimeOffset.UtcNow));
        Assert.Equal(ConnectFailureKind.Tls, kind);
        return Without(message, $"localhost:{Broker.TlsPort} refuses the thing's certificate ({files.Certificate}): ");
    }

    private static string? Without(string? message, string beginning)
    {
        Assert.StartsWith(message is null ? "" : beginning, message ?? "", StringComparison.Ordinal);
        return message?[beginning.Length..];
    }

    private CertificateFiles LeafAlone(CertificateFiles files)
    {
        string whole = File.ReadAllText(files.Certificate);
        int end = whole.IndexOf("-----END CERTIFICATE-----", StringComparison.Ordinal) + 26;
        return files with { Certificate = Directory.Write("leaf.pem", whole[..end]) };
    }

    private CertificateFiles SelfSigned(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=" + name, key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(10));
        CertificateFiles files = new(Directory.Write(name + "-self.pem", certificate.ExportCertificatePem()),
            Directory.Write(name + "-self.key", key.ExportPkcs8PrivateKeyPem()));
        File.SetUnixFileMode(files.Key, UnixFileMode.UserRead);
        return files;
    }
}
