using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Every fault of a certificate or key file, with what the operator reads.</summary>
public sealed class CredentialTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestCertificates _certificates;

    public CredentialTests() => _certificates = new TestCertificates(_directory.Path);

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Sound_files_are_read()
    {
        CertificateFiles files = _certificates.IssueClient("pump-7");
        using ClientCredentials credentials = ClientCredentials.Load(files.Certificate, files.Key, TimeProvider.System);
        Assert.Equal("CN=pump-7", credentials.Subject);
        Assert.True(credentials.NotAfter > DateTimeOffset.UtcNow);
    }

    [Fact]
    public void A_missing_file()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        Assert.Equal($"{_directory["none.pem"]}: there is no such certificate file; check --cert", Fault(_directory["none.pem"], files.Key));
        Assert.Equal($"{_directory["none.key"]}: there is no such private key file; check --key", Fault(files.Certificate, _directory["none.key"]));
        Assert.Equal("/none/at/all: there is no such certificate file; check --cert", Fault("/none/at/all", files.Key));
    }

    [Fact]
    public void A_directory_an_empty_file_and_a_huge_one()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        Assert.Equal($"{_directory.Path}: is a directory; give --cert the certificate file in it", Fault(_directory.Path, files.Key));
        string empty = _directory.Write("empty", " \n");
        Assert.Equal($"{empty}: the private key file is empty; give --key a PEM file", Fault(files.Certificate, empty));
        string huge = _directory.Write("huge", new string('x', 1_100_000));
        Assert.Equal($"{huge}: has more than 1048576 bytes, too many for a certificate; give --cert a PEM file", Fault(huge, files.Key));
    }

    [Fact]
    public void Files_that_hold_something_else()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        string text = _directory.Write("text", "hello");
        Assert.Equal($"{text}: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); give --cert a PEM file", Fault(text, files.Key));
        Assert.Equal($"{text}: holds no private key in PEM form (-----BEGIN PRIVATE KEY-----); give --key the thing's private key", Fault(files.Certificate, text));
        Assert.Equal($"{files.Key}: holds a private key and no certificate; give --cert the certificate", Fault(files.Key, files.Key));
        Assert.Equal($"{files.Certificate}: holds no private key in PEM form (-----BEGIN PRIVATE KEY-----); give --key the thing's private key", Fault(files.Certificate, files.Certificate));
    }

    [Fact]
    public void A_damaged_file()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        string certificate = _directory.Write("damaged.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        Assert.StartsWith($"{certificate}: the certificate is damaged: ", Fault(certificate, files.Key), StringComparison.Ordinal);
        string key = _directory.Write("damaged.key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
        Assert.Equal($"{key}: the private key is damaged, or of a kind other than RSA and EC; give --key the thing's private key as it was downloaded", Fault(files.Certificate, key));
    }

    [Fact]
    public void A_public_key_and_a_name_that_is_none()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        using System.Security.Cryptography.ECDsa key = System.Security.Cryptography.ECDsa.Create();
        string publicKey = _directory.Write("public.pem.key", key.ExportSubjectPublicKeyInfoPem());
        Assert.Equal($"{publicKey}: holds a public key and no private key; give --key the thing's private key", Fault(files.Certificate, publicKey));
        Assert.Equal("'' can't be the name of a certificate file; check --cert", Fault("", files.Key));
        Assert.Equal("/dev/zero: has more than 1048576 bytes, too many for a certificate; give --cert a PEM file", Fault("/dev/zero", files.Key));
        Assert.Equal("/dev/null: the private key file is empty; give --key a PEM file", Fault(files.Certificate, "/dev/null"));
    }

    [Theory]
    [InlineData("openssl ecparam -name prime256v1 -genkey -out KEY")]
    [InlineData("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out KEY")]
    [InlineData("openssl genrsa -traditional -out KEY 2048")]
    [InlineData("openssl genrsa -out KEY 2048")]
    public async Task Keys_as_openssl_writes_them(string command)
    {
        string key = _directory["openssl.key"], certificate = _directory["openssl.pem"];
        string makeCertificate = $"openssl req -new -x509 -key {key} -subj /CN=pump-7 -days 2 -out {certificate}";
        ChildResult result = await ChildProcess.RunAsync("sh", ["-c", command.Replace("KEY", key, StringComparison.Ordinal) + " 2>&1 && " + makeCertificate]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using ClientCredentials credentials = ClientCredentials.Load(certificate, key, TimeProvider.System);
        Assert.Equal("CN=pump-7", credentials.Subject);
    }

    [Theory]
    [InlineData(0b110_000_000, false)]
    [InlineData(0b100_000_000, false)]
    [InlineData(0b110_100_000, false)]
    [InlineData(0b110_100_100, true)]
    [InlineData(0b110_110_110, true)]
    public void A_key_that_others_may_read_is_noticed_also_through_a_link(int mode, bool open)
    {
        CertificateFiles files = _certificates.IssueClient("a");
        File.SetUnixFileMode(files.Key, (UnixFileMode)mode);
        File.CreateSymbolicLink(_directory["link.key"], files.Key);
        using ClientCredentials direct = ClientCredentials.Load(files.Certificate, files.Key, TimeProvider.System);
        using ClientCredentials linked = ClientCredentials.Load(files.Certificate, _directory["link.key"], TimeProvider.System);
        Assert.Equal((open, open), (direct.IsKeyOpenToOthers, linked.IsKeyOpenToOthers));
    }

    [Theory]
    [InlineData(TestKey.EcP256, TestKey.EcP256)]
    [InlineData(TestKey.EcP256, TestKey.EcP384)]
    [InlineData(TestKey.EcP256, TestKey.Rsa2048Pkcs8)]
    [InlineData(TestKey.Rsa2048Pkcs1, TestKey.EcP256Sec1)]
    [InlineData(TestKey.Rsa2048Pkcs1, TestKey.Rsa2048Pkcs1)]
    public void A_key_of_another_certificate(TestKey certificate, TestKey key)
    {
        CertificateFiles mine = _certificates.IssueClient("mine", certificate);
        CertificateFiles other = _certificates.IssueClient("other", key);
        Assert.Equal(
            $"{other.Key}: the private key does not belong to the certificate {mine.Certificate}; take both files from the same thing",
            Fault(mine.Certificate, other.Key));
    }

    [Fact]
    public void An_encrypted_key()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        using System.Security.Cryptography.ECDsa key = System.Security.Cryptography.ECDsa.Create();
        string encrypted = _directory.Write("encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes128Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000)));
        Assert.StartsWith($"{encrypted}: the private key is encrypted with a passphrase; ", Fault(files.Certificate, encrypted), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_not_valid_now()
    {
        CertificateFiles expired = _certificates.IssueClient("a", notBefore: DateTimeOffset.UtcNow.AddDays(-3), notAfter: DateTimeOffset.UtcNow.AddDays(-2));
        string fault = Fault(expired.Certificate, expired.Key);
        Assert.StartsWith($"{expired.Certificate}: the certificate expired on ", fault, StringComparison.Ordinal);
        Assert.Contains("; give the thing a new certificate, or set the clock if it is wrong (now ", fault, StringComparison.Ordinal);
        CertificateFiles early = _certificates.IssueClient("a", notBefore: DateTimeOffset.UtcNow.AddDays(2), notAfter: DateTimeOffset.UtcNow.AddDays(3));
        Assert.StartsWith($"{early.Certificate}: the certificate is valid only from ", Fault(early.Certificate, early.Key), StringComparison.Ordinal);
    }

    private static string Fault(string certificate, string key) =>
        Assert.Throws<CredentialException>(() => ClientCredentials.Load(certificate, key, TimeProvider.System)).Message;
}
