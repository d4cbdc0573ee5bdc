using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeJobs.Client;

/// <summary>Reads PEM files with faults that name the file and the mend.</summary>
internal static class PemFile
{
    /// <summary>No certificate or key comes near this; a device file or a disk image does.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads a file whole.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="what">What it should hold, for the text of a fault.</param>
    /// <param name="flag">The flag that named it, for the text of a fault.</param>
    /// <param name="mode">Who may do what with it; none where files have no such mode.</param>
    /// <exception cref="CredentialException">It can't be read, is empty or too large.</exception>
    public static string ReadText(string file, string what, string flag, out UnixFileMode mode)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(stream.SafeFileHandle);
            string text = ReadAtMost(stream, MaxBytes) ?? throw new CredentialException($"{file}: has more than {MaxBytes} bytes, too many for a {what}; give {flag} a PEM file");
            return text.AsSpan().Trim().IsEmpty
                ? throw new CredentialException($"{file}: the {what} file is empty; give {flag} a PEM file")
                : text;
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
                    : $"{file}: no permission to read the {what} file; let the user {Environment.UserName} read it",
                e);
        }
        catch (IOException e)
        {
            throw new CredentialException($"{file}: can't read the {what} file: {e.Message}", e);
        }
    }

    /// <summary>Reads the certificates of a file, one at least.</summary>
    /// <exception cref="CredentialException">There are none, or the file can't be used.</exception>
    public static X509Certificate2Collection ReadCertificates(string file, string what, string flag)
    {
        string pem = ReadText(file, what, flag, out _);
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

    /// <summary>True when the text names a private key of any form.</summary>
    public static bool HasKey(string pem) => pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);

    /// <summary>Reads to the end: pipes and device files, which have no length, as well.</summary>
    private static string? ReadAtMost(FileStream stream, int most)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        try
        {
            while (true)
            {
                int read = stream.Read(buffer, length, buffer.Length - length);
                if (read == 0)
                {
                    return Encoding.UTF8.GetString(buffer, 0, length);
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
