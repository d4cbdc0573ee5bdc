using System.Text;

namespace EdgeJobs.LocalCloud.Pki;

/// <summary>Writes PEM files so that a power cut leaves the old file or the new one, and a private key is never readable by others, not even for a moment.</summary>
internal static class PemFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a private key with mode 600.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public static void WriteKey(string path, string pem) => Write(path, pem, OwnerOnly);

    /// <summary>Writes a certificate with mode 644.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public static void WriteCertificate(string path, string pem) => Write(path, pem, Readable);

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        string temporary = path + ".new";
        // A leftover of an interrupted run keeps its own mode, so it has to go first.
        File.Delete(temporary);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (FileStream file = new(temporary, options))
        {
            file.Write(Encoding.ASCII.GetBytes(pem.EndsWith('\n') ? pem : pem + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
