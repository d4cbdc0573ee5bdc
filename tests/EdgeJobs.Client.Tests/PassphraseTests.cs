using System.Security.Cryptography;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Private keys that are encrypted with a passphrase.</summary>
[Trait("Category", "Integration")]
public sealed class PassphraseTests : IDisposable
{
    private const string Passphrase = "correct horse, Käse";

    private readonly TestDirectory _directory = new();
    private readonly TestCertificates _certificates;

    public PassphraseTests() => _certificates = new TestCertificates(_directory.Path);

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(TestKey.EcP256, "-v2 aes256")]
    [InlineData(TestKey.EcP384, "-v2 aes-128-cbc -v2prf hmacWithSHA512")]
    [InlineData(TestKey.Rsa2048Pkcs8, "-v2 aes256")]
    [InlineData(TestKey.Rsa2048Pkcs8, "-v1 PBE-SHA1-3DES")]
    public async Task Keys_as_openssl_encrypts_them(TestKey kind, string how)
    {
        CertificateFiles files = _certificates.IssueClient("pump-7", kind);
        string key = await EncryptAsync(files.Key, "pkcs8 -topk8 " + how);
        using ClientCredentials credentials = Load(files.Certificate, key, Secret(Passphrase + "\n"));
        Assert.Equal("CN=pump-7", credentials.Facts.Subject);
        Assert.Equal($"{key}: {(kind == TestKey.Rsa2048Pkcs8 ? "RSA 2048" : kind == TestKey.EcP384 ? "EC 384" : "EC 256")} bit, PKCS#8, "
            + $"encrypted", credentials.Checks[3].Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void One_line_break_after_the_passphrase_is_ignored(string end)
    {
        (CertificateFiles files, string key) = Encrypted(Passphrase);
        using ClientCredentials credentials = Load(files.Certificate, key, Secret(Passphrase + end));
        Assert.Equal("CN=pump-7", credentials.Facts.Subject);
    }

    [Theory]
    [InlineData("Correct horse, Käse\n")]
    [InlineData(Passphrase + "\n\n")]
    [InlineData(" " + Passphrase)]
    public void A_wrong_passphrase(string wrong)
    {
        (CertificateFiles files, string key) = Encrypted(Passphrase);
        string file = Secret(wrong);
        Assert.Equal(
            $"{key}: the private key can't be decrypted with the passphrase in {file}; check that the passphrase belongs to this key, and "
                + $"that the key is RSA or EC",
            Fault(files.Certificate, key, file));
    }

    [Fact]
    public void No_passphrase()
    {
        (CertificateFiles files, string key) = Encrypted(Passphrase);
        Assert.Equal(
            $"{key}: the private key is encrypted and there is no passphrase; give --key_passphrase_file the file that holds it, or the "
                + $"service the credential key_passphrase",
            Fault(files.Certificate, key, null));
        Assert.Equal($"{_directory["none"]}: there is no such passphrase file; check --key_passphrase_file",
            Fault(files.Certificate, key, _directory["none"]));
        string empty = Secret("\n");
        Assert.Equal($"{empty}: the passphrase file is empty; check --key_passphrase_file", Fault(files.Certificate, key, empty));
    }

    [Fact]
    public void A_passphrase_that_every_user_can_read()
    {
        (CertificateFiles files, string key) = Encrypted(Passphrase);
        string file = Secret(Passphrase);
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        Assert.Equal($"{file}: every user of this system may read the passphrase (mode 644); run chmod 600 {file}",
            Fault(files.Certificate, key, file));
    }

    [Fact]
    public void A_passphrase_of_an_unencrypted_key_is_not_read()
    {
        CertificateFiles files = _certificates.IssueClient("pump-7");
        using ClientCredentials credentials = Load(files.Certificate, files.Key, _directory["none"]);
        Assert.Equal("CN=pump-7", credentials.Facts.Subject);
    }

    [Theory]
    [InlineData("rsa -aes128 -traditional", "the private key is encrypted in OpenSSL's legacy format, which is not supported; convert it "
        + "to PKCS#8 (openssl pkcs8 -topk8 -v2 aes256 -in KEY -out NEW) and give --key that")]
    [InlineData("pkcs8 -topk8 -scrypt", "the private key is encrypted with scrypt, which is not supported; encrypt it again (openssl pkcs8 "
        + "-topk8 -v2 aes256 -in KEY -out NEW)")]
    public async Task Unsupported_formats(string how, string fault)
    {
        CertificateFiles files = _certificates.IssueClient("pump-7", TestKey.Rsa2048Pkcs8);
        string key = await EncryptAsync(files.Key, how);
        Assert.Equal($"{key}: {fault.Replace("KEY", key, StringComparison.Ordinal)}", Fault(files.Certificate, key, Secret(Passphrase)));
    }

    [Fact]
    public void A_secret_text_is_wiped()
    {
        SecretText text = new("abc"u8, null);
        ReadOnlySpan<char> seen = text.Text;
        Assert.Equal("abc", seen);
        text.Dispose();
        Assert.Equal("\0\0\0", seen);
    }

    private async Task<string> EncryptAsync(string key, string how)
    {
        string encrypted = _directory["encrypted.key"];
        ChildResult result = await ChildProcess.RunAsync(
            "openssl", [.. how.Split(' '), "-in", key, "-out", encrypted, "-passout", "file:" + Secret(Passphrase + "\n")]);
        Assert.True(result.ExitCode == 0, result.ToString());
        File.SetUnixFileMode(encrypted, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return encrypted;
    }

    private (CertificateFiles Files, string Key) Encrypted(string passphrase)
    {
        CertificateFiles files = _certificates.IssueClient("pump-7");
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(files.Key));
        string file = _directory.Write("encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem(passphrase,
            new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        return (files, file);
    }

    private string Secret(string text)
    {
        string file = _directory.Write("passphrase", text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static ClientCredentials Load(string certificate, string key, string? passphraseFile) =>
        ClientCredentials.Load(TestOptions.Of(certificate, key, passphraseFile: passphraseFile), TimeProvider.System)!;

    private static string Fault(string certificate, string key, string? passphraseFile) =>
        Assert.Throws<CredentialException>(() => Load(certificate, key, passphraseFile)).Message;
}
