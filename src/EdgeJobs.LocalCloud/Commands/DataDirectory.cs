using EdgeJobs.LocalCloud.Pki;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>The directory a cloud keeps its state in, held for this process alone: two clouds on one directory would overwrite each other.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>Where certificates and keys are.</summary>
    public string Pki => System.IO.Path.Combine(Path, "pki");

    /// <summary>The database of things and jobs.</summary>
    public string Database => System.IO.Path.Combine(Path, "cloud.db");

    /// <summary>Where state goes when nothing else is said: the user's data directory, which survives a reboot.</summary>
    public static string Default => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "edgejobs-cloud");

    /// <summary>Makes the directory where needed and takes it.</summary>
    /// <exception cref="UsageException">It can't be made or written to, or another cloud holds it.</exception>
    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            CertificateAuthority.CreatePrivateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"can't make the data directory {path}: {e.Message}; choose another with --data");
        }

        try
        {
            return new DataDirectory(path, new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UsageException($"can't write to the data directory {path}: {e.Message}; choose another with --data");
        }
        catch (IOException)
        {
            throw new UsageException($"the data directory {path} is in use by another edgejobs-cloud: stop it, or choose another with --data");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
