using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Every fault of a certificate or key file, with its message.</summary>
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
    public void Valid_files_are_read()
    {
        CertificateFiles files = _certificates.IssueClient("pump-7");
        using ClientCredentials credentials = Load(files.Certificate, files.Key);
        Assert.Equal("CN=pump-7", credentials.Facts.Subject);
        Assert.Equal("CN=EdgeJobs Test CA", credentials.Facts.Issuer);
        Assert.Equal(files.Certificate, credentials.Facts.File);
        Assert.True(credentials.Facts.NotBefore < DateTimeOffset.UtcNow && credentials.Facts.NotAfter > DateTimeOffset.UtcNow);
    }

    [Fact]
    public void A_missing_file()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        Assert.Equal(
            $"{_directory["none.pem"]}: there is no such certificate file; check --cert", Fault(_directory["none.pem"], files.Key));
        Assert.Equal(
            $"{_directory["none.key"]}: there is no such private key file; check --key", Fault(files.Certificate, _directory["none.key"]));
        Assert.Equal("/none/at/all: there is no such certificate file; check --cert", Fault("/none/at/all", files.Key));
    }

    [Fact]
    public void A_directory_an_empty_file_and_a_huge_file()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        Assert.Equal($"{_directory.Path}: is a directory; give --cert the certificate file in it", Fault(_directory.Path, files.Key));
        string empty = _directory.Write("empty", " \n");
        Assert.Equal($"{empty}: the private key file is empty; check --key", Fault(files.Certificate, empty));
        string huge = _directory.Write("huge", new string('x', 1_100_000));
        Assert.Equal($"{huge}: has more than 1048576 bytes, too many for a certificate; check --cert", Fault(huge, files.Key));
    }

    [Fact]
    public void Files_that_hold_something_else()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        string text = _directory.Write("text", "hello");
        Assert.Equal(
            $"{text}: holds no certificate in PEM format (-----BEGIN CERTIFICATE-----); give --cert a PEM file", Fault(text, files.Key));
        Assert.Equal($"{text}: holds no private key in PEM format (-----BEGIN PRIVATE KEY-----); give --key the thing's private key",
            Fault(files.Certificate, text));
        Assert.Equal($"{files.Key}: holds a private key and no certificate; give --cert the certificate", Fault(files.Key, files.Key));
        Assert.Equal($"{files.Certificate}: holds no private key in PEM format (-----BEGIN PRIVATE KEY-----); give --key the thing's "
            + $"private key", Fault(files.Certificate, files.Certificate));
    }

    [Fact]
    public void A_damaged_file()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        string certificate = _directory.Write("damaged.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        Assert.Equal($"{certificate}: the certificate is truncated or damaged; copy the file again, with each certificate complete from "
            + $"-----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----", Fault(certificate, files.Key));
        string half = _directory.Write("half.pem", File.ReadAllText(_certificates.CaFile) + File.ReadAllText(files.Certificate)[..300]);
        Assert.Equal($"{half}: the certificate 2 of 2 in the file is truncated or damaged; copy the file again, with each certificate "
            + $"complete from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----", Fault(half, files.Key));
        string halfKey = _directory.Write("half.key", File.ReadAllText(files.Key)[..100]);
        Assert.Equal($"{halfKey}: the private key is truncated or damaged; copy the file again, complete from its BEGIN line to its END "
            + $"line", Fault(files.Certificate, halfKey));
        string key = _directory.Write("damaged.key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
        Assert.Equal($"{key}: the private key is damaged, or neither RSA nor EC; give --key the thing's private key as it was downloaded",
            Fault(files.Certificate, key));
    }

    [Fact]
    public void A_public_key_and_an_invalid_file_name()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        using ECDsa key = ECDsa.Create();
        string publicKey = _directory.Write("public.pem.key", key.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(
            $"{publicKey}: holds a public key and no private key; give --key the thing's private key", Fault(files.Certificate, publicKey));
        Assert.Equal("'' can't be the name of a certificate file; check --cert", Fault("", files.Key));
        Assert.Equal("/dev/zero: has more than 1048576 bytes, too many for a certificate; check --cert", Fault("/dev/zero", files.Key));
        Assert.Equal("/dev/null: the private key file is empty; check --key", Fault(files.Certificate, "/dev/null"));
    }

    [Trait("Category", "Integration")]
    [Theory]
    [InlineData("openssl ecparam -name prime256v1 -genkey -out KEY")]
    [InlineData("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out KEY")]
    [InlineData("openssl genrsa -traditional -out KEY 2048")]
    [InlineData("openssl genrsa -out KEY 2048")]
    public async Task Keys_as_openssl_writes_them(string command)
    {
        string key = _directory["openssl.key"], certificate = _directory["openssl.pem"];
        string makeCertificate = $"openssl req -new -x509 -key {key} -subj /CN=pump-7 -days 2 -out {certificate}";
        ChildResult result = await ChildProcess.RunAsync(
            "sh", ["-c", command.Replace("KEY", key, StringComparison.Ordinal) + " 2>&1 && " + makeCertificate]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using ClientCredentials credentials = Load(certificate, key);
        Assert.Equal("CN=pump-7", credentials.Facts.Subject);
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
    public void A_certificate_that_is_not_valid_now()
    {
        CertificateFiles expired =
            _certificates.IssueClient("a", notBefore: DateTimeOffset.UtcNow.AddDays(-3), notAfter: DateTimeOffset.UtcNow.AddDays(-2));
        string fault = Fault(expired.Certificate, expired.Key);
        Assert.StartsWith($"{expired.Certificate}: the certificate expired on ", fault, StringComparison.Ordinal);
        Assert.Contains("; give the thing a new certificate, or set the clock if it is wrong (now ", fault, StringComparison.Ordinal);
        CertificateFiles early =
            _certificates.IssueClient("a", notBefore: DateTimeOffset.UtcNow.AddDays(2), notAfter: DateTimeOffset.UtcNow.AddDays(3));
        Assert.StartsWith(
            $"{early.Certificate}: the certificate is valid only from ", Fault(early.Certificate, early.Key), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_in_DER_format_for_SSH_and_with_two_keys()
    {
        CertificateFiles files = _certificates.IssueClient("a");
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(File.ReadAllText(files.Certificate));
        using RSA rsa = RSA.Create(2048);
        string der = _directory["a.der"], key = _directory["key.der"];
        File.WriteAllBytes(der, certificate.RawData);
        File.WriteAllBytes(key, rsa.ExportPkcs8PrivateKey());
        Assert.Equal($"{der}: is in DER format, not PEM; convert it to PEM (openssl x509 -inform DER -in {der} -out NEW) and give --cert "
            + $"that", Fault(der, files.Key));
        Assert.Equal($"{key}: is in DER format, not PEM; convert it to PEM (openssl pkey -inform DER -in {key} -out NEW) and give --key "
            + $"that", Fault(files.Certificate, key));
        string ssh = _directory.Write("id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
        Assert.Equal($"{ssh}: holds a key for SSH; give --key the thing's private key", Fault(files.Certificate, ssh));
        string two = _directory.Write("two.key", File.ReadAllText(files.Key) + rsa.ExportRSAPrivateKeyPem());
        Assert.Equal($"{two}: holds more than one private key; keep only the thing's", Fault(files.Certificate, two));
    }

    [Theory]
    [InlineData(TestKey.EcP256)]
    [InlineData(TestKey.Rsa2048Pkcs1)]
    public void The_certificate_of_the_key_is_found_anywhere_in_the_file(TestKey key)
    {
        using TestCertificates line = _certificates.IssueAuthority("Line 4");
        CertificateFiles files = line.IssueClient("pump-7", key);
        CertificateFiles stranger = _certificates.IssueClient("stranger", TestKey.EcP384);
        string leaf = File.ReadAllText(files.Certificate);
        leaf = leaf[..(leaf.IndexOf("-----END CERTIFICATE-----", StringComparison.Ordinal) + 26)];
        foreach (string[] order in (string[][])[[line.CaFile, files.Certificate], [stranger.Certificate, files.Certificate],
            [_certificates.CaFile, line.CaFile, files.Certificate]])
        {
            string mixed =
                _directory.Write("mixed.pem", string.Concat(order.Select(f => f == files.Certificate ? leaf : File.ReadAllText(f))));
            using ClientCredentials credentials = Load(mixed, files.Key);
            Assert.Equal("CN=pump-7", credentials.Facts.Subject);
        }
    }

    [Fact]
    public void A_byte_order_mark_and_CRLF_are_accepted()
    {
        CertificateFiles files = _certificates.IssueClient("pump-7");
        string certificate = _directory.Write("windows.pem", "\uFEFF" + File.ReadAllText(files.Certificate).ReplaceLineEndings("\r\n"));
        string key = _directory.Write("windows.key", "\uFEFF" + File.ReadAllText(files.Key).ReplaceLineEndings("\r\n"));
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        using ClientCredentials credentials = Load(certificate, key);
        Assert.Equal("CN=pump-7", credentials.Facts.Subject);
    }

    private static ClientCredentials Load(string certificate, string key) =>
        ClientCredentials.Load(TestOptions.Of(certificate, key), TimeProvider.System)!;

    private static string Fault(string certificate, string key) => Assert.Throws<CredentialException>(() => Load(certificate, key)).Message;
}
