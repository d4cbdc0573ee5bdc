using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client;

/// <summary>Reads PEM files with faults that name the file and the mend.</summary>
internal static class PemFile
{
    /// <summary>No certificate or key comes near this; a device file or a disk image does.</summary>
    private const int MaxBytes = 1 << 20;

    public static string ReadText(string file, string what, string flag)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxBytes)
            {
                throw new CredentialException($"{file}: has {stream.Length} bytes, too many for a {what}; give {flag} a PEM file");
            }

            using StreamReader reader = new(stream);
            string text = reader.ReadToEnd();
            return text.AsSpan().Trim().IsEmpty
                ? throw new CredentialException($"{file}: the {what} file is empty; give {flag} a PEM file")
                : text;
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
                    : $"{file}: no permission to read the {what} file; let the user {Environment.UserName} read it",
                e);
        }
        catch (IOException e)
        {
            throw new CredentialException($"{file}: can't read the {what} file: {e.Message}", e);
        }
    }

    public static X509Certificate2Collection ReadCertificates(string file, string what, string flag)
    {
        string pem = ReadText(file, what, flag);
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new CredentialException($"{file}: the {what} is damaged: {e.Message}", e);
        }

        return certificates.Count == 0
            ? throw new CredentialException(
                HasKey(pem)
                    ? $"{file}: holds a private key and no certificate; give {flag} the {what}"
                    : $"{file}: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); give {flag} a PEM file")
            : certificates;
    }

    public static bool HasKey(string pem) => pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
}
