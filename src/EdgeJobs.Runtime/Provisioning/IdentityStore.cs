using System.Text;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// The directory <c>identity</c> in the data directory: mode 700, with files of mode 600. Files are replaced durably: a power cut leaves
/// the old one or the new one.
/// </summary>
/// <param name="dataDirectory">The data directory, which exists.</param>
internal sealed class IdentityStore(string dataDirectory) : IIdentityStore
{
    /// <summary>The directory's name in the data directory.</summary>
    public const string DirectoryName = "identity";

    private const string StateName = "identity.json";
    private const string CertificateName = "certificate.pem";
    private const string KeyName = "private.key";
    private const int MaxBytes = 1024 * 1024;

    public string Directory { get; } = Path.Combine(dataDirectory, DirectoryName);

    public string CertificateFile => Path.Combine(Directory, CertificateName);

    public string KeyFile => Path.Combine(Directory, KeyName);

    private string StateFile => Path.Combine(Directory, StateName);

    /// <inheritdoc/>
    /// <exception cref="UsageException">The file can't be read, or is corrupt.</exception>
    public IdentityState Load()
    {
        byte[]? json;
        try
        {
            CheckDirectory();
            json = PrivateFile.Read(StateFile, MaxBytes);
        }
        catch (IOException e)
        {
            throw new UsageException(e.Message);
        }

        if (json is null)
        {
            return IdentityState.Empty.Instance;
        }

        return IdentityCodec.TryRead(json, out IdentityState? state)
            ? state
            : throw new UsageException(
                $"{StateFile}: is corrupt, or of another version of the agent; restore it, "
                + $"or remove {Directory} to provision the board again, with a new certificate");
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It can't be written. The message names the file and the fix.</exception>
    public void Save(IdentityState state)
    {
        MakeDirectory();
        DurableFile.Replace(StateFile, IdentityCodec.Write(state).Span, mustLast: true);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">They can't be written. The message names the file and the fix.</exception>
    public void WriteFiles(IdentityState.Registered identity)
    {
        MakeDirectory();
        DurableFile.Replace(KeyFile, Encoding.ASCII.GetBytes(identity.PrivateKey.Reveal()), mustLast: true);
        DurableFile.Replace(CertificateFile, Encoding.ASCII.GetBytes(identity.Certificate), mustLast: true);
    }

    private void MakeDirectory()
    {
        CheckDirectory();
        if (File.Exists(StateFile))
        {
            return;
        }

        // An earlier run may have created it and ended before the flush.
        try
        {
            System.IO.Directory.CreateDirectory(Directory, ProtectedDirectory.OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{Directory}: can't be created: {e.Message.ReplaceLineEndings(" ")}; "
                + $"give the user {OwnUser.Name} write access to {dataDirectory}");
        }

        DurableFile.FlushDirectory(dataDirectory);
    }

    /// <summary>Other users must not be able to plant the files of another identity.</summary>
    private void CheckDirectory()
    {
        if (ProtectedDirectory.FindFault(Directory) is { } fault)
        {
            throw new IOException(fault);
        }
    }
}
