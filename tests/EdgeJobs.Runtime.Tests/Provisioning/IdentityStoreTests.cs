using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Provisioning;

/// <summary>The files of an identity, and the key of a board.</summary>
public sealed class IdentityStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, 345, TimeSpan.Zero);
    private readonly TestDirectory _data = new();

    public void Dispose() => _data.Dispose();

    public static TheoryData<string> States => ["empty", "keyMade", "issued", "registered", "no thing", "complete"];

    [Theory]
    [MemberData(nameof(States))]
    public void State_is_read_as_written(string which)
    {
        IdentityState state = StateOf(which);
        new IdentityStore(_data.Path).Save(state);
        Assert.Equal(state, new IdentityStore(_data.Path).Load());
        Assert.Equal(["identity.json"], Directory.GetFileSystemEntries(_data["identity"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Before_the_first_write_there_is_nothing() =>
        Assert.Equal(IdentityState.Empty.Instance, new IdentityStore(_data.Path).Load());

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
    [InlineData("""{"version":1,"state":"complete","certificateId":"c","thingName":"../x","template":"p","provisionedAt":"2026-05-01T12:00:00Z"}""")]
    [InlineData("""{"version":1,"state":"complete","certificateId":"c","thingName":"a/+/#","template":"p","provisionedAt":"2026-05-01T12:00:00Z"}""")]
    [InlineData("""{"version":1,"state":"complete","certificateId":"c","thingName":"","template":"p","provisionedAt":"2026-05-01T12:00:00Z"}""")]
    [InlineData("""{"version":1,"state":"complete","certificateId":"c\n2026 forged","thingName":"t","template":"p","provisionedAt":"2026-05-01T12:00:00Z"}""")]
    [InlineData("""{"version":1,"state":"registered","certificateId":"c","certificate":"PEM","privateKey":"KEY","thingName":"a b"}""")]
    [InlineData("""{"version":1,"state":"registered","certificateId":"","certificate":"PEM","privateKey":"KEY"}""")]
    [InlineData("""{"version":1,"state":"keyMade","privateKey":"\ud800"}""")]
    [InlineData("""{"version":1,"state":"\ud800"}""")]
    [InlineData("""{"version":1e400,"state":"empty"}""")]
    [InlineData("""{"version":1,"state":"issued","isKeyOfService":true,"certificateId":"c","certificate":"PEM","privateKey":"K","certificateOwnershipToken":"T","issuedAt":"2026-05-01T12:00:00Z","presentations":99999999999}""")]
    public void Invalid_state_file_is_reported_and_left_unchanged(string text)
    {
        Directory.CreateDirectory(_data["identity"]);
        string file = _data.Write("identity/identity.json", text);
        UsageException fault = Assert.Throws<UsageException>(() => new IdentityStore(_data.Path).Load());
        Assert.StartsWith(
            file + ": is corrupt, or of another version of the agent; restore it, or remove " + _data["identity"],
            fault.Message,
            StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void Directory_that_can_not_be_created_is_reported()
    {
        string file = _data.Write("file", "");
        IOException fault = Assert.Throws<IOException>(() => new IdentityStore(file).Save(StateOf("keyMade")));
        Assert.Contains(Path.Combine(file, "identity"), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_request_has_the_key_of_the_board()
    {
        Secret key = BoardKey.Create();
        CertificateRequest request = CertificateRequest.LoadSigningRequestPem(BoardKey.Request(key, "edgejobs")!, HashAlgorithmName.SHA256);
        Assert.Equal("CN=edgejobs", request.SubjectName.Name);
        using ECDsa own = ECDsa.Create();
        own.ImportFromPem(key.Reveal());
        Assert.Equal("1.2.840.10045.3.1.7", own.ExportParameters(false).Curve.Oid.Value);
        Assert.Equal(own.ExportSubjectPublicKeyInfo(), request.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.NotEqual(key, BoardKey.Create());
        Assert.Null(BoardKey.Request(new Secret("KEY"), "edgejobs"));
        Assert.Null(BoardKey.Request(new Secret("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "edgejobs"));
    }

    [Fact]
    public void Certificate_belongs_to_its_own_key_only()
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

    [Theory]
    [InlineData("../../etc")]
    [InlineData("")]
    [InlineData("a/+/#")]
    [InlineData("pump\n2026 forged line")]
    [InlineData("\u001b[2Jpump")]
    [InlineData("$aws")]
    [InlineData("129")]
    public void Invalid_thing_name_ends_provisioning_and_is_not_saved(string name)
    {
        name = name == "129" ? new string('x', 129) : name;
        ProvisioningReply.None none = Assert.IsType<ProvisioningReply.None>(ProvisioningClient.Checked(name, null));
        Assert.StartsWith("the service registered the board with an invalid thing name: '", none.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(none.Reason, char.IsControl);

        IdentityState.Issued issued = (IdentityState.Issued)StateOf("issued");
        ProvisioningVerdict verdict = new ProvisioningMachine("pumps", null, true)
            .Judge(new ProvisioningStep.Register(issued), issued, none, Now, 0);
        Assert.Equal((VerdictKind.Stop, ExitCode.Refused), (verdict.Kind, verdict.ExitCode));
        Assert.Equal(issued, verdict.State);
        Assert.IsType<ProvisioningReply.Thing>(ProvisioningClient.Checked(null, null));
        Assert.IsType<ProvisioningReply.Thing>(ProvisioningClient.Checked(new string('x', 128), null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("c\n1")]
    public void Invalid_certificate_id_is_not_saved(string id)
    {
        ProvisioningReply.None none = Assert.IsType<ProvisioningReply.None>(ProvisioningClient.Checked(new Secret("KEY"), id, "PEM",
            "TOKEN"));
        Assert.StartsWith("the service sent a certificate with an invalid id: '", none.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(none.Reason, char.IsControl);
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
