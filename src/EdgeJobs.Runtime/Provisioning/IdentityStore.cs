using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// The directory <c>identity</c> in the data directory, for its owner alone (mode 700, files 600). A file is written beside itself,
/// brought to the disk, put in its place, and its name brought to the disk, so that a power cut leaves the old one or the new one.
/// </summary>
/// <param name="dataDirectory">The agent's own directory, which exists.</param>
internal sealed class IdentityStore(string dataDirectory) : IIdentityStore
{
    /// <summary>The directory's name in the data directory.</summary>
    public const string DirectoryName = "identity";

    private const string StateName = "identity.json";
    private const string CertificateName = "certificate.pem";
    private const string KeyName = "private.key";
    private const int MaxBytes = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _directory = Path.Combine(dataDirectory, DirectoryName);

    /// <summary>The certificate of the identity.</summary>
    public string CertificateFile => Path.Combine(_directory, CertificateName);

    /// <summary>Its private key.</summary>
    public string KeyFile => Path.Combine(_directory, KeyName);

    /// <summary>The directory.</summary>
    public string Directory => _directory;

    private string StateFile => Path.Combine(_directory, StateName);

    /// <inheritdoc/>
    /// <exception cref="UsageException">The file can't be read, or is not as it was written.</exception>
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
                $"{StateFile}: is damaged, or of another version of the agent; restore it, or remove {_directory} to provision the board anew, which makes another certificate");
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It can't be written; the message is for the operator.</exception>
    public void Save(IdentityState state)
    {
        MakeDirectory();
        Write(StateFile, IdentityCodec.Write(state).Span);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">They can't be written; the message is for the operator.</exception>
    public void WriteFiles(IdentityState.Registered identity)
    {
        MakeDirectory();
        Write(KeyFile, Encoding.ASCII.GetBytes(identity.PrivateKey.Reveal()));
        Write(CertificateFile, Encoding.ASCII.GetBytes(identity.Certificate));
    }

    private void MakeDirectory()
    {
        CheckDirectory();
        if (System.IO.Directory.Exists(_directory))
        {
            return;
        }

        try
        {
            System.IO.Directory.CreateDirectory(_directory, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{_directory}: can't be made: {e.Message.ReplaceLineEndings(" ")}; let the user {OwnUser.Name} write to {dataDirectory}");
        }

        WithDirectory(dataDirectory, JournalNative.FlushAll);
    }

    /// <summary>Others must not have been able to put the files of another identity there.</summary>
    private void CheckDirectory()
    {
        if (ProtectedDirectory.FindFault(_directory) is { } fault)
        {
            throw new IOException(fault);
        }
    }

    private void Write(string file, ReadOnlySpan<byte> content)
    {
        string next = Path.GetFileName(file) + ".new";
        int descriptor = -1;
        WithDirectory(_directory, directory => PrivateFile.Create(directory, next, out descriptor));
        int error = JournalNative.WriteAll(descriptor, content);
        error = error == 0 ? JournalNative.FlushAll(descriptor) : error;
        _ = Libc.Close(descriptor);
        Check(error, file);
        WithDirectory(_directory, directory => JournalNative.Replace(directory, next, Path.GetFileName(file)) is > 0 and var fault ? fault : JournalNative.FlushAll(directory));
    }

    private static void WithDirectory(string path, Func<int, int> action)
    {
        int descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.CloseOnExec, 0);
        int error = descriptor < 0 ? Marshal.GetLastPInvokeError() : action(descriptor);
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
        }

        Check(error, path);
    }

    private static void Check(int error, string file)
    {
        if (error != 0)
        {
            throw new IOException($"{file}: can't be written: {JournalNative.Describe(error)}");
        }
    }
}
