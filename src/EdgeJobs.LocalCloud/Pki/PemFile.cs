using System.Text;

namespace EdgeJobs.LocalCloud.Pki;

/// <summary>
/// Writes PEM files atomically: a power cut leaves the old file or the new one, and a private key is never readable by other users.
/// </summary>
internal static class PemFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static void WriteKey(string path, string pem) => Write(path, pem, OwnerOnly);

    public static void WriteCertificate(string path, string pem) => Write(path, pem, Readable);

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        string temporary = path + ".new";
        // The temporary file of an interrupted run keeps its mode, so delete it first.
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
