using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Pki;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly SettableClock _clock = new(DateTimeOffset.UtcNow);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Authority_is_created_once_and_loaded_afterwards()
    {
        using CertificateAuthority first = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        using CertificateAuthority second = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        Assert.Equal(first.CertificatePem, second.CertificatePem);
        Assert.Equal("CN=EdgeJobs local CA", first.Certificate.Subject);
    }

    [Fact]
    public void Keys_have_mode_600()
    {
        using CertificateAuthority authority = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        using X509Certificate2 server = ServerCertificate.LoadOrRenew(
            _directory.Path, authority, ServerCertificate.NamesFor(IPAddress.Loopback), _clock);
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(ownerOnly, File.GetUnixFileMode(_directory["ca.key"]));
            Assert.Equal(ownerOnly, File.GetUnixFileMode(_directory["server.key"]));
        }
    }

    [Fact]
    public void Missing_authority_key_is_never_replaced_silently()
    {
        CertificateAuthority.LoadOrCreate(_directory.Path, _clock).Dispose();
        File.Delete(_directory["ca.key"]);
        PkiException error = Assert.Throws<PkiException>(() => CertificateAuthority.LoadOrCreate(_directory.Path, _clock));
        Assert.Contains("ca.key is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_that_does_not_match_the_authority_is_reported_with_both_files()
    {
        CertificateAuthority.LoadOrCreate(_directory.Path, _clock).Dispose();
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_directory["ca.key"], other.ExportPkcs8PrivateKeyPem());
        PkiException error = Assert.Throws<PkiException>(() => CertificateAuthority.LoadOrCreate(_directory.Path, _clock));
        Assert.Contains("ca.pem", error.Message, StringComparison.Ordinal);
        Assert.Contains("ca.key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_left_by_an_interrupted_first_start_is_replaced()
    {
        File.WriteAllText(_directory["ca.key"], "cut off");
        using CertificateAuthority authority = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        Assert.True(authority.Certificate.HasPrivateKey);
    }

    [Theory]
    [InlineData("pump-7")]
    [InlineData("site:4_pump-7")]
    [InlineData(
        "a-thing-name-may-be-as-long-as-one-hundred-and-twenty-eight-characters-which-is-twice-what-x509-names-usually-hold-in-practice-1")]
    public void Client_certificate_names_the_thing_and_is_signed_by_the_authority(string thingName)
    {
        using CertificateAuthority authority = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        IssuedCertificate issued = authority.IssueClient(thingName);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(issued.CertificatePem, issued.PrivateKeyPem);
        Assert.Equal(thingName, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        Assert.True(authority.HasIssued(certificate));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", issued.PrivateKeyPem, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)), issued.Id);
        Assert.DoesNotContain("PRIVATE", issued.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_of_another_authority_is_recognized()
    {
        string elsewhere = _directory["other"];
        using CertificateAuthority authority = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        using CertificateAuthority other = CertificateAuthority.LoadOrCreate(elsewhere, _clock);
        IssuedCertificate foreign = other.IssueClient("pump-7");
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(foreign.CertificatePem, foreign.PrivateKeyPem);
        Assert.False(authority.HasIssued(certificate));
    }

    [Fact]
    public void Server_certificate_contains_all_names_of_the_machine_and_the_bind_address()
    {
        using CertificateAuthority authority = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        using X509Certificate2 server = ServerCertificate.LoadOrRenew(
            _directory.Path, authority, ServerCertificate.NamesFor(IPAddress.Parse("192.0.2.7")), _clock);
        foreach (string name in (string[])["localhost", "127.0.0.1", "::1", "192.0.2.7"])
        {
            Assert.True(server.MatchesHostname(name, allowWildcards: false, allowCommonName: false), name);
        }
    }

    [Fact]
    public void Server_certificate_is_kept_until_it_is_about_to_expire()
    {
        using CertificateAuthority authority = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        IReadOnlyList<string> names = ServerCertificate.NamesFor(IPAddress.Loopback);
        using X509Certificate2 first = ServerCertificate.LoadOrRenew(_directory.Path, authority, names, _clock);
        using X509Certificate2 again = ServerCertificate.LoadOrRenew(_directory.Path, authority, names, _clock);
        Assert.Equal(first.Thumbprint, again.Thumbprint);

        _clock.Now = _clock.Now.AddDays(CertificateAuthority.ServerDays - ServerCertificate.RenewalDays + 1);
        using X509Certificate2 renewed = ServerCertificate.LoadOrRenew(_directory.Path, authority, names, _clock);
        Assert.NotEqual(first.Thumbprint, renewed.Thumbprint);
        Assert.True(renewed.NotAfter > first.NotAfter);
    }

    [Fact]
    public void Server_certificate_is_renewed_for_a_new_name_or_authority()
    {
        using CertificateAuthority authority = CertificateAuthority.LoadOrCreate(_directory.Path, _clock);
        using X509Certificate2 first = ServerCertificate.LoadOrRenew(_directory.Path, authority, ["localhost"], _clock);
        using X509Certificate2 wider = ServerCertificate.LoadOrRenew(_directory.Path, authority, ["localhost", "board.example"], _clock);
        Assert.NotEqual(first.Thumbprint, wider.Thumbprint);

        using CertificateAuthority other = CertificateAuthority.LoadOrCreate(_directory["other"], _clock);
        using X509Certificate2 moved = ServerCertificate.LoadOrRenew(_directory.Path, other, ["localhost"], _clock);
        Assert.NotEqual(wider.Thumbprint, moved.Thumbprint);
        Assert.True(other.HasIssued(moved));
    }

    private sealed class SettableClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
