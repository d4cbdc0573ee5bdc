using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Client.Credentials;

/// <summary>Reads PEM files. Error messages name the file and the fix.</summary>
internal static class PemFile
{
    /// <summary>Far larger than any certificate or key; guards against device files and disk images.</summary>
    private const int MaxBytes = 1 << 20;

    private const string CertificateLabel = "CERTIFICATE";
    private const string CertificateBegins = "-----BEGIN CERTIFICATE-----";

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="what">What it should hold, for error messages.</param>
    /// <param name="flag">The flag that named it, for error messages.</param>
    /// <exception cref="CredentialException">It can't be read, is empty or too large.</exception>
    public static SecretText Read(string file, string what, string flag)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            SecretText text = ReadAtMost(handle, MaxBytes) ?? throw new CredentialException($"{file}: has more than {MaxBytes} bytes, too "
                + $"many for a {what}; check {flag}");
            if (!text.Text.IsWhiteSpace())
            {
                return text;
            }

            text.Dispose();
            throw new CredentialException($"{file}: the {what} file is empty; check {flag}");
        }
        catch (ArgumentException e)
        {
            throw new CredentialException($"'{file}' can't be the name of a {what} file; check {flag}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CredentialException($"{file}: there is no such {what} file; check {flag}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CredentialException(
                Directory.Exists(file)
                    ? $"{file}: is a directory; give {flag} the {what} file in it"
                    : $"{file}: no permission to read the {what} file; let the user {OwnUser.Name} read it",
                e);
        }
        catch (IOException e)
        {
            throw new CredentialException($"{file}: can't read the {what} file: {e.Message}", e);
        }
    }

    /// <summary>Reads the certificates of a file, at least one, in their order.</summary>
    /// <exception cref="CredentialException">There are none, one is damaged, or the file can't be used.</exception>
    public static X509Certificate2Collection ReadCertificates(string file, string what, string flag)
    {
        using SecretText content = Read(file, what, flag);
        ReadOnlySpan<char> text = content.Text;
        int begun = text.Count(CertificateBegins);
        X509Certificate2Collection certificates = [];
        try
        {
            while (PemEncoding.TryFind(text, out PemFields found))
            {
                if (text[found.Label].SequenceEqual(CertificateLabel))
                {
                    certificates.Add(Decode(text[found.Base64Data], found.DecodedDataLength));
                }

                text = text[found.Location.End..];
            }
        }
        catch (CryptographicException e)
        {
            Release(certificates);
            throw new CredentialException($"{file}: {Damaged(certificates.Count, begun, what)}", e);
        }

        if (certificates.Count == begun && begun > 0)
        {
            return certificates;
        }

        Release(certificates);
        throw new CredentialException(begun > 0
            ? $"{file}: {Damaged(certificates.Count, begun, what)}"
            : $"{file}: {NoCertificate(content.Text, file, what, flag)}");
    }

    public static void Release(X509Certificate2Collection certificates)
    {
        foreach (X509Certificate2 certificate in certificates)
        {
            certificate.Dispose();
        }
    }

    /// <summary>True if the text has the label of a private key.</summary>
    public static bool HasKey(ReadOnlySpan<char> pem) => pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);

    /// <summary>True for DER, which starts with a long SEQUENCE.</summary>
    public static bool IsDer(ReadOnlySpan<char> text) => text is ['0', '\uFFFD', ..];

    private static X509Certificate2 Decode(ReadOnlySpan<char> base64, int length)
    {
        byte[] der = new byte[length];
        return Convert.TryFromBase64Chars(base64, der, out _)
            ? X509CertificateLoader.LoadCertificate(der)
            : throw new CryptographicException();
    }

    private static string Damaged(int sound, int begun, string what) =>
        $"the {what}{(begun > 1 ? $" {sound + 1} of {begun} in the file" : "")} is truncated or damaged; copy the file again, with each "
            + $"certificate complete from {CertificateBegins} to -----END CERTIFICATE-----";

    private static string NoCertificate(ReadOnlySpan<char> text, string file, string what, string flag) =>
        HasKey(text) ? $"holds a private key and no certificate; give {flag} the {what}"
        : IsDer(text) ? $"is in DER format, not PEM; convert it to PEM (openssl x509 -inform DER -in {file} -out NEW) and give {flag} that"
        : $"holds no certificate in PEM format ({CertificateBegins}); give {flag} a PEM file";

    /// <summary>Reads to the end; also supports pipes and device files, which have no length.</summary>
    private static SecretText? ReadAtMost(SafeFileHandle file, int most)
    {
        FileStatus? facts = FileStatus.Of(file);
        byte[] buffer = new byte[4096];
        int length = 0;
        try
        {
            while (true)
            {
                int read = RandomAccess.Read(file, buffer.AsSpan(length), length);
                if (read == 0)
                {
                    return new SecretText(buffer.AsSpan(0, length), facts);
                }

                length += read;
                if (length > most)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    byte[] larger = new byte[buffer.Length * 2];
                    buffer.CopyTo(larger, 0);
                    CryptographicOperations.ZeroMemory(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
