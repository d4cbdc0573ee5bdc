using System.Security.Cryptography;

namespace EdgeJobs.Client.Credentials;

/// <summary>Private keys in PEM files: EC and RSA in PKCS#8, encrypted or not, PKCS#1 and SEC1.</summary>
internal static class PrivateKeyFile
{
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";
    private const string Pkcs8 = "PRIVATE KEY";
    private const string Pkcs1 = "RSA PRIVATE KEY";
    private const string Sec1 = "EC PRIVATE KEY";

    /// <summary>1.3.6.1.4.1.11591.4.11 in DER. .NET supports PBKDF2 and PKCS#12 only.</summary>
    private static ReadOnlySpan<byte> ScryptOid => [0x06, 0x09, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x04, 0x0B];

    /// <summary>Reads the only private key of a PEM text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file, for error messages.</param>
    /// <param name="passphraseFile">The file of the passphrase; null for none.</param>
    /// <param name="isRsa">The kind to try first.</param>
    /// <exception cref="CredentialException">It can't be used.</exception>
    public static PrivateKey Read(ReadOnlySpan<char> text, string file, string? passphraseFile, bool isRsa)
    {
        ReadOnlySpan<char> pem = default;
        string label = string.Empty;
        for (ReadOnlySpan<char> rest = text; PemEncoding.TryFind(rest, out PemFields found); rest = rest[found.Location.End..])
        {
            string name = rest[found.Label] switch
            {
                Encrypted => Encrypted,
                Pkcs8 => Pkcs8,
                Pkcs1 => Pkcs1,
                Sec1 => Sec1,
                _ => string.Empty,
            };
            if (name.Length > 0 && label.Length > 0)
            {
                throw new CredentialException($"{file}: holds more than one private key; keep only the thing's");
            }

            if (name.Length > 0)
            {
                label = name;
                pem = rest[found.Location];
            }
        }

        return label switch
        {
            Encrypted => Decrypt(pem, file, passphraseFile, isRsa),
            Pkcs8 => new PrivateKey(Import(pem, default, isRsa) ?? Import(pem, default, !isRsa) ?? throw Damaged(file), "PKCS#8"),
            Pkcs1 => new PrivateKey(Import(pem, default, isRsa: true) ?? throw Damaged(file), "PKCS#1"),
            Sec1 => new PrivateKey(Import(pem, default, isRsa: false) ?? throw Damaged(file), "SEC1"),
            _ => throw new CredentialException($"{file}: {WhyNone(text, file)}"),
        };
    }

    private static PrivateKey Decrypt(ReadOnlySpan<char> pem, string file, string? passphraseFile, bool isRsa)
    {
        if (passphraseFile is null)
        {
            throw new CredentialException($"{file}: the private key is encrypted and there is no passphrase; give --key_passphrase_file "
                + $"the file that holds it, or the service the credential key_passphrase");
        }

        using SecretText passphrase = PemFile.Read(passphraseFile, "passphrase", "--key_passphrase_file");
        if (KeyPermissions.OpenToOthers(passphrase.File, passphraseFile, "passphrase") is { } fault)
        {
            throw new CredentialException(fault);
        }

        AsymmetricAlgorithm? key = Import(pem, passphrase.Line, isRsa) ?? Import(pem, passphrase.Line, !isRsa);
        return key is not null
            ? new PrivateKey(key, "PKCS#8, encrypted")
            : throw new CredentialException(
                IsScrypt(pem)
                    ? $"{file}: the private key is encrypted with scrypt, which is not supported; encrypt it again (openssl pkcs8 -topk8 "
                        + $"-v2 aes256 -in {file} -out NEW)"
                    : $"{file}: the private key can't be decrypted with the passphrase in {passphraseFile}; check that the passphrase "
                        + $"belongs to this key, and that the key is RSA or EC");
    }

    /// <summary>The key; null if it is of the other kind or the passphrase is wrong.</summary>
    private static AsymmetricAlgorithm? Import(ReadOnlySpan<char> pem, ReadOnlySpan<char> passphrase, bool isRsa)
    {
        AsymmetricAlgorithm key = isRsa ? NewRsa() : NewEcdsa();
        try
        {
            if (passphrase.IsEmpty)
            {
                key.ImportFromPem(pem);
            }
            else
            {
                key.ImportFromEncryptedPem(pem, passphrase);
            }

            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }

    // Create() returns a wrapper: combining such a key with its certificate exports and re-imports the key, an eighth of the start-up
    // time. OpenSSL's own classes avoid that.
    private static RSA NewRsa() => OperatingSystem.IsLinux() ? new RSAOpenSsl() : RSA.Create();

    private static ECDsa NewEcdsa() => OperatingSystem.IsLinux() ? new ECDsaOpenSsl() : ECDsa.Create();

    private static bool IsScrypt(ReadOnlySpan<char> pem)
    {
        PemFields fields = PemEncoding.Find(pem);
        byte[] der = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(pem[fields.Base64Data], der, out _) && der.AsSpan().IndexOf(ScryptOid) >= 0;
    }

    private static CredentialException Damaged(string file) => new(
        $"{file}: the private key is damaged, or neither RSA nor EC; give --key the thing's private key as it was downloaded");

    private static string WhyNone(ReadOnlySpan<char> text, string file) =>
        text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            ? $"the private key is encrypted in OpenSSL's legacy format, which is not supported; convert it to PKCS#8 (openssl pkcs8 "
                + $"-topk8 -v2 aes256 -in {file} -out NEW) and give --key that"
        : text.Contains("-----BEGIN OPENSSH PRIVATE KEY-----", StringComparison.Ordinal)
            ? "holds a key for SSH; give --key the thing's private key"
        : PemFile.HasKey(text)
            ? "the private key is truncated or damaged; copy the file again, complete from its BEGIN line to its END line"
        : text.Contains("PUBLIC KEY-----", StringComparison.Ordinal)
            ? "holds a public key and no private key; give --key the thing's private key"
        : PemFile.IsDer(text)
            ? $"is in DER format, not PEM; convert it to PEM (openssl pkey -inform DER -in {file} -out NEW) and give --key that"
            : "holds no private key in PEM format (-----BEGIN PRIVATE KEY-----); give --key the thing's private key";
}
