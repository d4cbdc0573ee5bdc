using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary><c>edgejobs doctor</c> reports each fault of files, certificates and the port of the server.</summary>
public sealed class DoctorIdentityTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly TestDirectory _directory = new();
    private TestCertificates _authority = null!;
    private MosquittoBroker _broker = null!;
    private CertificateFiles _client = null!;

    public async Task InitializeAsync()
    {
        _authority = new TestCertificates(_directory.Path);
        _broker = await MosquittoBroker.StartAsync(certificates: _authority);
        _client = _authority.IssueClient("board-1");
    }

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Files()
    {
        (await DiagnoseAsync(_client with { Certificate = _directory["none.pem"] }))
            .AssertFirstFault("certificate", 2, _directory["none.pem"], "--cert");
        (await DiagnoseAsync(_client with { Key = _directory["none.key"] })).AssertFirstFault("key", 2, _directory["none.key"], "--key");
        (await DiagnoseAsync(_client, caFile: _directory["none.ca"])).AssertFirstFault("ca file", 2, _directory["none.ca"], "--ca_file");
        (await DiagnoseAsync(_client with { Key = _authority.IssueClient("board-2").Key }))
            .AssertFirstFault("key match", 2, _client.Certificate);
        (await DiagnoseAsync(new CertificateFiles(_client.Key, _client.Key)))
            .AssertFirstFault("certificate", 2, "holds a private key and no certificate");
    }

    [Fact]
    public async Task Dates()
    {
        CertificateFiles expired = _authority.IssueClient("board-1", notBefore: Now.AddDays(-2), notAfter: Now.AddDays(-1));
        (await DiagnoseAsync(expired)).AssertFirstFault("dates", 2, expired.Certificate, "expired on");
        CertificateFiles early = _authority.IssueClient("board-1", notBefore: Now.AddDays(1), notAfter: Now.AddDays(2));
        (await DiagnoseAsync(early)).AssertFirstFault("dates", 2, early.Certificate, "valid only from");

        Diagnosis ending = await DiagnoseAsync(_authority.IssueClient("board-1", notBefore: Now.AddDays(-2), notAfter: Now.AddDays(20)));
        Assert.Contains("dates", ending.Names("warning"));
    }

    [Fact]
    public async Task Server_certificate_faults()
    {
        using TestCertificates others = new(_directory.Path, "Another CA");
        (await DiagnoseAsync(_client, caFile: others.CaFile)).AssertFirstFault("tls", 3, "issued by", "--ca_file");
        (CertificateFiles Server, string Said)[] faults =
        [
            (_authority.IssueServer(host: "elsewhere.example"), "is not for '127.0.0.1' but for 'elsewhere.example'"),
            (_authority.IssueServer(notBefore: Now.AddDays(-2), notAfter: Now.AddDays(-1)), "not valid now"),
            (_authority.IssueServer(notBefore: Now.AddDays(1), notAfter: Now.AddDays(2)), "not valid now"),
        ];
        foreach ((CertificateFiles server, string said) in faults)
        {
            await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: _authority, server: server);
            (await DiagnoseAsync(_client, port: broker.TlsPort)).AssertFirstFault("tls", 3, said);
        }
    }

    [Fact]
    public async Task Revoked_client_certificate()
    {
        using TestCertificates others = new(_directory.Path, "Another CA");
        (await DiagnoseAsync(others.IssueClient("board-1"))).AssertFirstFault("tls", 3, "refuses the thing's certificate");

        CertificateFiles revoked = _authority.IssueClient("board-1");
        await using MosquittoBroker strict = await MosquittoBroker.StartAsync(
            certificates: _authority,
            revoked: _authority.Revoke(revoked));
        (await DiagnoseAsync(revoked, port: strict.TlsPort))
            .AssertFirstFault("tls", 3, "refuses the thing's certificate", "it was revoked there");
    }

    [Theory]
    [InlineData(TestKey.EcP256)]
    [InlineData(TestKey.EcP384)]
    [InlineData(TestKey.Rsa2048Pkcs8)]
    [InlineData(TestKey.Rsa4096)]
    public async Task Chain_with_an_intermediate(TestKey key)
    {
        using TestCertificates line = _authority.IssueAuthority("Line 4");
        CertificateFiles whole = line.IssueClient("board-1", key: key);
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: _authority, server: line.IssueServer(key: key));
        Diagnosis healthy = await DiagnoseAsync(whole, port: broker.TlsPort);
        Assert.DoesNotContain(
            healthy.Checks,
            c => c.Outcome == "failed" && c.Name is not ("get" or "describe" or "update" or "start-next"));

        // Without its intermediate: the server cannot build a chain.
        string pem = await File.ReadAllTextAsync(whole.Certificate);
        string leaf = _directory.Write("leaf.pem", pem[..(pem.IndexOf("-----END CERTIFICATE-----", StringComparison.Ordinal) + 26)]);
        (await DiagnoseAsync(whole with { Certificate = leaf }, port: broker.TlsPort))
            .AssertFirstFault("tls", 3, "TLS alert 'unknown ca'", "append the intermediates to its file");
    }

    [Fact]
    public async Task Port_faults()
    {
        (await DiagnoseAsync(_client, port: TestPorts.Free())).AssertFirstFault("tcp", 3, "nothing listens on this port");
        (await DiagnoseAsync(_client, port: _broker.PlainPort)).AssertFirstFault("tls", 3, "TLS");
        (await DiagnoseAsync(_client, host: "nowhere.invalid")).AssertFirstFault("dns", 3, "nowhere.invalid");
    }

    private Task<Diagnosis> DiagnoseAsync(CertificateFiles files, int? port = null, string? caFile = null, string host = "127.0.0.1") =>
        Diagnosis.OfAsync(
        [
            "--endpoint", $"{host}:{port ?? _broker.TlsPort}", "--thing_name", "board-1", "--cert", files.Certificate,
            "--key", files.Key, "--ca_file", caFile ?? _authority.CaFile, "--data_dir", _directory["agent"],
        ]);
}
