using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>An inspection reports more than the first fault.</summary>
public sealed class CredentialInspectionTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestCertificates _certificates;

    public CredentialInspectionTests() => _certificates = new TestCertificates(_directory.Path);

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Valid_files_pass()
    {
        CertificateFiles files = _certificates.IssueClient("pump-7");
        IReadOnlyList<CredentialCheck> checks = Inspect(files);
        Assert.Equal(Enum.GetValues<CredentialAspect>(), checks.Select(c => c.Aspect));
        Assert.All(checks, c => Assert.Equal(CheckOutcome.Passed, c.Outcome));
        Assert.StartsWith($"{files.Certificate}: 'CN=pump-7', serial number ", checks[0].Message, StringComparison.Ordinal);
        Assert.EndsWith(", issued by 'CN=EdgeJobs Test CA'", checks[0].Message, StringComparison.Ordinal);
        Assert.Equal($"{files.Certificate}: no intermediates, root 'CN=EdgeJobs Test CA', which the server must trust", checks[2].Message);
        Assert.Equal($"{files.Key}: EC 256 bit, PKCS#8", checks[3].Message);
        Assert.StartsWith(
            $"{_certificates.CaFile}: trusts only 'CN=EdgeJobs Test CA', until ", checks[6].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported()
    {
        CertificateFiles expired =
            _certificates.IssueClient("a", notBefore: DateTimeOffset.UtcNow.AddDays(-3), notAfter: DateTimeOffset.UtcNow.AddDays(-2));
        CertificateFiles other = _certificates.IssueClient("b", TestKey.Rsa2048Pkcs1);
        File.SetUnixFileMode(other.Key, (UnixFileMode)0b110_100_100);
        IReadOnlyList<CredentialCheck> checks =
            CredentialInspection.Inspect(TestOptions.Of(expired.Certificate, other.Key, _directory["none.pem"]), TimeProvider.System);
        Assert.Equal(
            [
                (CredentialAspect.CertificateFile, CheckOutcome.Passed),
                (CredentialAspect.CertificateDates, CheckOutcome.Failed),
                (CredentialAspect.CertificateChain, CheckOutcome.Passed),
                (CredentialAspect.KeyFile, CheckOutcome.Passed),
                (CredentialAspect.KeyPermissions, CheckOutcome.Failed),
                (CredentialAspect.KeyMatch, CheckOutcome.Failed),
                (CredentialAspect.CaFile, CheckOutcome.Failed),
            ],
            checks.Select(c => (c.Aspect, c.Outcome)));
    }

    [Fact]
    public void Checks_that_depend_on_a_failed_one_are_skipped()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        CredentialCheck[] checks =
            [.. CredentialInspection.Inspect(TestOptions.Of(_directory["none.pem"], files.Key), TimeProvider.System)];
        Assert.Equal(
            [CheckOutcome.Failed, CheckOutcome.Skipped, CheckOutcome.Skipped, CheckOutcome.Passed, CheckOutcome.Passed,
            CheckOutcome.Skipped, CheckOutcome.Passed],
            checks.Select(c => c.Outcome));
        Assert.Equal("not checked: there is no usable certificate", checks[1].Message);
        Assert.Equal("no CA file is given: the system's trust store decides", checks[6].Message);

        checks = [.. CredentialInspection.Inspect(TestOptions.Of(files.Certificate, _directory["none.key"]), TimeProvider.System)];
        Assert.Equal(
            [CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Failed, CheckOutcome.Skipped, CheckOutcome.Skipped,
            CheckOutcome.Passed],
            checks.Select(c => c.Outcome));
        Assert.Equal("not checked: there is no usable key", checks[5].Message);

        checks = [.. CredentialInspection.Inspect(TestOptions.Of(null, null), TimeProvider.System)];
        Assert.All(checks[..6], c => Assert.Equal((CheckOutcome.Skipped,
            "no certificate and no key are given; the server must accept that"), (c.Outcome, c.Message)));
    }

    [Theory]
    [InlineData(31, nameof(CheckOutcome.Passed), "the certificate is valid from ")]
    [InlineData(30, nameof(CheckOutcome.Warning), "the certificate expires in 29 days, on ")]
    [InlineData(2, nameof(CheckOutcome.Warning), "the certificate expires in 1 day, on ")]
    [InlineData(0, nameof(CheckOutcome.Failed), "the certificate expired on ")]
    public void A_certificate_that_expires_within_30_days_is_a_warning(int days, string outcome, string message)
    {
        DateTimeOffset end = DateTimeOffset.UtcNow.AddYears(1);
        CertificateFiles files = _certificates.IssueClient("a", notAfter: end);
        FakeTimeProvider time = new(end.AddDays(-days).AddSeconds(1));
        CredentialCheck check = CredentialInspection.Inspect(TestOptions.Of(files.Certificate, files.Key), time)[1];
        Assert.Equal(outcome, check.Outcome.ToString());
        Assert.StartsWith($"{files.Certificate}: {message}", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_the_chain()
    {
        using TestCertificates line = _certificates.IssueAuthority("Line 4");
        CertificateFiles files = line.IssueClient("a");
        Assert.Equal(
            (CheckOutcome.Passed, $"{files.Certificate}: 1 intermediate, root 'CN=EdgeJobs Test CA', which the server must trust"),
            ChainOf(files));

        CertificateFiles stranger = _certificates.IssueClient("stranger");
        File.AppendAllText(files.Certificate, File.ReadAllText(stranger.Certificate));
        Assert.Equal(
            (CheckOutcome.Warning, $"{files.Certificate}: 'CN=stranger' is not in the chain of the thing's certificate and is not sent; "
                + $"remove it from the file"),
            ChainOf(files));

        Assert.Equal(
            (CheckOutcome.Warning, "the certificate is not for client authentication (extended key usage), so many servers refuse it; "
                + "reissue it with clientAuth"),
            WithoutFile(ChainOf(_certificates.IssueClient("a", purpose: TestCertificates.ServerAuthentication))));
        Assert.Equal(
            (CheckOutcome.Warning, "the certificate is not for signatures (key usage), which TLS requires; reissue it with "
                + "digitalSignature"),
            WithoutFile(ChainOf(_certificates.IssueClient("a", usage: X509KeyUsageFlags.KeyEncipherment))));
        Assert.Equal(
            CheckOutcome.Passed, ChainOf(_certificates.IssueClient("a", purpose: null, usage: X509KeyUsageFlags.DigitalSignature)).Outcome);
    }

    [Fact]
    public void An_intermediate_that_has_expired()
    {
        using TestCertificates line = _certificates.IssueAuthority("Line 4");
        CertificateFiles files = line.IssueClient("a", notAfter: DateTimeOffset.UtcNow.AddYears(5));
        FakeTimeProvider later = new(DateTimeOffset.UtcNow.AddYears(2));
        CredentialCheck late = CredentialInspection.Inspect(
            TestOptions.Of(files.Certificate, files.Key), later).Single(c => c.Aspect == CredentialAspect.CertificateChain);
        Assert.Equal(CheckOutcome.Warning, late.Outcome);
        Assert.StartsWith($"{files.Certificate}: the intermediate 'CN=Line 4' is valid from ", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_self_signed_certificate()
    {
        using System.Security.Cryptography.ECDsa key = System.Security.Cryptography.ECDsa.Create();
        using X509Certificate2 own = new CertificateRequest("CN=self", key, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        string certificate = _directory.Write("self.pem", own.ExportCertificatePem());
        string keyFile = _directory.Write("self.key", key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead);
        Assert.Equal(
            (CheckOutcome.Passed, $"{certificate}: self-signed; the server must trust this certificate itself"),
            ChainOf(new CertificateFiles(certificate, keyFile)));
    }

    [Fact]
    public void Faults_of_the_CA_file()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        CredentialCheck check =
            CredentialInspection.Inspect(TestOptions.Of(files.Certificate, files.Key, files.Certificate), TimeProvider.System)[^1];
        Assert.Equal(
            new CredentialCheck(CredentialAspect.CaFile, CheckOutcome.Warning, $"{files.Certificate}: 'CN=a' is not a CA certificate; give "
                + $"--ca_file the CA that issued the server's certificate"),
            check);
        check = CredentialInspection.Inspect(
            TestOptions.Of(null, null, _certificates.CaFile), new FakeTimeProvider(DateTimeOffset.UtcNow.AddYears(11)))[^1];
        Assert.StartsWith($"{_certificates.CaFile}: 'CN=EdgeJobs Test CA' expired on ", check.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<CredentialCheck> Inspect(CertificateFiles files) =>
        CredentialInspection.Inspect(TestOptions.Of(files.Certificate, files.Key, _certificates.CaFile), TimeProvider.System);

    private (CheckOutcome Outcome, string Message) ChainOf(CertificateFiles files)
    {
        CredentialCheck check = Inspect(files).Single(c => c.Aspect == CredentialAspect.CertificateChain);
        return (check.Outcome, check.Message);
    }

    private static (CheckOutcome Outcome, string Message) WithoutFile((CheckOutcome Outcome, string Message) check) =>
        (check.Outcome, check.Message[(check.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
}
