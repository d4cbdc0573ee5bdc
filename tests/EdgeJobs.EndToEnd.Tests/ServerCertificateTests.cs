using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// Certificates of servers that use parts of .NET that other certificates do not use. ILLink.Substitutions.xml removes some parts.
/// </summary>
public sealed class ServerCertificateTests : IDisposable
{
    private const string Thing = "board-1";

    // Its second component has 127 bits.
    private const string UuidBased = "2.25.123456789012345678901234567890123456789";

    private readonly TestDirectory _directory = new();
    private readonly TestCertificates _authority;

    public ServerCertificateTests() => _authority = new TestCertificates(_directory.Path);

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public async Task Object_identifiers_with_components_above_64_bits_are_read(string binary)
    {
        await using MosquittoBroker broker =
            await MosquittoBroker.StartAsync(certificates: _authority, server: _authority.IssueServer(oid: UuidBased));
        await using CloudProcess cloud = await CloudProcess.StartAttachedAsync(broker, _authority.IssueClient("service"));
        ThingFiles thing = Client();
        await cloud.RegisterThingAsync(Thing);
        await cloud.CreateJobAsync("first", Thing, Documents.Command("true"));

        ChildResult run = await AgentBinary.Of(binary).RunAsync(
            ["run", .. thing.FlagsFor(cloud.Mqtts), "--data_dir", _directory["agent"], "--once"]);
        ChildResult doctor = await AgentBinary.Of(binary).RunAsync(
            ["doctor", .. thing.FlagsFor(cloud.Mqtts), "--data_dir", _directory["agent"]]);

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync(Thing, "first")).Status);
        Assert.Contains($"OID.{UuidBased}=unusual", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issuers_and_revocation_lists_are_not_downloaded()
    {
        using TcpListener web = new(IPAddress.Loopback, 0);
        web.Start();
        using TestCertificates intermediate = _authority.IssueAuthority("Intermediate");
        CertificateFiles server = intermediate.IssueServer(download: $"http://{web.LocalEndpoint}/file");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: _authority, server: OnlyFirst(server));

        ChildResult run = await AgentBinary.X64.RunAsync(
            ["run", .. Client().FlagsFor(new Uri($"mqtts://localhost:{broker.TlsPort}")), "--data_dir", _directory["agent"], "--once"]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("or make the server send its intermediates", run.Errors, StringComparison.Ordinal);
        Assert.False(web.Pending());
    }

    [Fact]
    public async Task Authority_in_the_home_directory_is_not_trusted()
    {
        string store = _directory["home/.dotnet/corefx/cryptography/x509stores/root"];
        Directory.CreateDirectory(store);
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(_authority.CaFile);
        await File.WriteAllBytesAsync(Path.Combine(store, "planted.pfx"), authority.Export(X509ContentType.Pfx));
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: _authority);
        await using CloudProcess cloud = await CloudProcess.StartAttachedAsync(broker, _authority.IssueClient("service"));
        ThingFiles thing = Client();
        await cloud.RegisterThingAsync(Thing);
        await cloud.CreateJobAsync("first", Thing, Documents.Command("sh", "-c", $"test \"$HOME\" = {_directory["home"]}"));
        string[] flags =
        [
            "--endpoint", $"localhost:{broker.TlsPort}", "--thing_name", Thing, "--cert", thing.Certificate, "--key", thing.Key,
            "--data_dir", _directory["agent"],
        ];

        ChildResult run = await AgentBinary.X64.RunAsync(["run", .. flags, "--once"], ("HOME", _directory["home"]));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("which this system does not trust; give --ca_file", run.Errors, StringComparison.Ordinal);
        ChildResult doctor = await AgentBinary.X64.RunAsync(["doctor", .. flags], ("HOME", _directory["home"]));
        Assert.Contains("which this system does not trust; give --ca_file", doctor.Output, StringComparison.Ordinal);

        // The system's store decides; and steps have the real directory.
        ChildResult trusted = await AgentBinary.X64.RunAsync(
            ["run", .. flags, "--once"], ("HOME", _directory["home"]), ("SSL_CERT_FILE", _authority.CaFile));
        Assert.True(trusted.ExitCode == 0, trusted.ToString());
        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync(Thing, "first")).Status);
    }

    private ThingFiles Client()
    {
        CertificateFiles client = _authority.IssueClient(Thing);
        return new ThingFiles(Thing, _authority.CaFile, client.Certificate, client.Key);
    }

    private CertificateFiles OnlyFirst(CertificateFiles files)
    {
        const string End = "-----END CERTIFICATE-----\n";
        string pem = File.ReadAllText(files.Certificate);
        return files with { Certificate = _directory.Write("first.pem", pem[..(pem.IndexOf(End, StringComparison.Ordinal) + End.Length)]) };
    }
}
