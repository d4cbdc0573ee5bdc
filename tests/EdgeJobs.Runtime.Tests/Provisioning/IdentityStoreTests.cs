using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Provisioning;

/// <summary>What is kept on the disk, and the key that a board makes.</summary>
public sealed class IdentityStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, 345, TimeSpan.Zero);
    private readonly TestDirectory _data = new();

    public void Dispose() => _data.Dispose();

    public static TheoryData<string> States => ["empty", "keyMade", "issued", "registered", "no thing", "complete"];

    [Theory]
    [MemberData(nameof(States))]
    public void A_state_is_read_as_it_was_written(string which)
    {
        IdentityState state = StateOf(which);
        new IdentityStore(_data.Path).Save(state);
        Assert.Equal(state, new IdentityStore(_data.Path).Load());
        Assert.Equal(["identity.json"], Directory.GetFileSystemEntries(_data["identity"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Before_the_first_write_there_is_nothing() => Assert.Equal(IdentityState.Empty.Instance, new IdentityStore(_data.Path).Load());

    [Fact]
    public void Everything_is_for_its_owner_alone()
    {
        IdentityStore store = new(_data.Path);
        store.Save(StateOf("registered"));
        store.WriteFiles((IdentityState.Registered)StateOf("registered"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(store.Directory));
        string[] files = Directory.GetFiles(store.Directory);
        Assert.Equal(["certificate.pem", "identity.json", "private.key"], files.Select(Path.GetFileName).Order());
        Assert.All(files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        Assert.Equal(("KEY", "PEM"), (File.ReadAllText(store.KeyFile), File.ReadAllText(store.CertificateFile)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"state":"empty"}""")]
    [InlineData("""{"version":1,"state":"other"}""")]
    [InlineData("""{"version":1,"state":"keyMade"}""")]
    [InlineData("""{"version":1,"state":"complete","certificateId":"c","thingName":"t","template":"p","provisionedAt":"yesterday"}""")]
    public void A_file_that_is_no_state_is_left_alone(string text)
    {
        Directory.CreateDirectory(_data["identity"]);
        string file = _data.Write("identity/identity.json", text);
        UsageException fault = Assert.Throws<UsageException>(() => new IdentityStore(_data.Path).Load());
        Assert.StartsWith(file + ": is damaged, or of another version of the agent; restore it, or remove " + _data["identity"], fault.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void A_directory_that_can_not_be_made_is_named()
    {
        string file = _data.Write("file", "");
        IOException fault = Assert.Throws<IOException>(() => new IdentityStore(file).Save(StateOf("keyMade")));
        Assert.Contains(Path.Combine(file, "identity"), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_a_certificate_is_for_the_key_of_the_board()
    {
        Secret key = BoardKey.Create();
        CertificateRequest request = CertificateRequest.LoadSigningRequestPem(BoardKey.Request(key, "edgejobs"), HashAlgorithmName.SHA256);
        Assert.Equal("CN=edgejobs", request.SubjectName.Name);
        using ECDsa own = ECDsa.Create();
        own.ImportFromPem(key.Reveal());
        Assert.Equal("1.2.840.10045.3.1.7", own.ExportParameters(false).Curve.Oid.Value);
        Assert.Equal(own.ExportSubjectPublicKeyInfo(), request.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.NotEqual(key, BoardKey.Create());
    }

    [Fact]
    public void A_certificate_fits_its_own_key_only()
    {
        TestCertificates certificates = new(_data.Path);
        CertificateFiles one = certificates.IssueClient("one");
        CertificateFiles two = certificates.IssueClient("two");
        string certificate = File.ReadAllText(one.Certificate);
        Assert.True(BoardKey.Fits(new Secret(File.ReadAllText(one.Key)), certificate));
        Assert.False(BoardKey.Fits(new Secret(File.ReadAllText(two.Key)), certificate));
        Assert.False(BoardKey.Fits(new Secret("none"), certificate));
        Assert.False(BoardKey.Fits(BoardKey.Create(), "none"));
    }

    private static IdentityState StateOf(string which) => which switch
    {
        "keyMade" => new IdentityState.KeyMade(new Secret("KEY")),
        "issued" => new IdentityState.Issued(new Secret("KEY"), true, "c1", "PEM", new Secret("TOKEN"), Now, 2),
        "registered" => new IdentityState.Registered(new Secret("KEY"), "c1", "PEM", "pump-7", """{"a":"b\"c"}"""),
        "no thing" => new IdentityState.Registered(new Secret("KEY"), "c1", "PEM", null, null),
        "complete" => new IdentityState.Complete("c1", "pump-7", "pumps", Now, """{"a":"ü"}"""),
        _ => IdentityState.Empty.Instance,
    };
}
