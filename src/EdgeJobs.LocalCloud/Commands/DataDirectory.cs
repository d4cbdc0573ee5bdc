using EdgeJobs.LocalCloud.Pki;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>
/// The directory of a cloud's state, locked by this process: two clouds in one directory would overwrite each other's state.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string Pki => System.IO.Path.Combine(Path, "pki");

    public string Database => System.IO.Path.Combine(Path, "cloud.db");

    /// <summary>The default: the user's data directory, which survives a reboot.</summary>
    public static string Default => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "edgejobs-cloud");

    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            CertificateAuthority.CreatePrivateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"can't create the data directory {path}: {e.Message}; choose another with --data");
        }

        try
        {
            return new DataDirectory(
                path, new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UsageException($"can't write to the data directory {path}: {e.Message}; choose another with --data");
        }
        catch (IOException)
        {
            throw new UsageException(
                $"the data directory {path} is in use by another edgejobs-cloud: stop it, or choose another with --data");
        }
    }

    public void Dispose() => _lock.Dispose();
}
