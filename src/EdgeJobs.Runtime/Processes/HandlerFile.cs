using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// A handler that was checked through the descriptors that then run it: owner and mode of the file and of every directory in its path. Only
/// trusted users can replace the file, and a replacement during the start has no effect.
/// </summary>
internal sealed unsafe class HandlerFile : IDisposable
{
    private HandlerFile(string path, string program, int descriptor)
    {
        Path = path;
        Program = program;
        Descriptor = descriptor;
    }

    /// <summary>The path without links.</summary>
    public string Path { get; }

    /// <summary>
    /// The path that the child executes; it has <see cref="Descriptor"/> as <see cref="ChildProcess.HandlerDescriptor"/>.
    /// </summary>
    public string Program { get; }

    /// <summary>The file; for a script, its directory.</summary>
    public int Descriptor { get; }

    /// <summary>Opens and checks a handler.</summary>
    /// <param name="handler">Its path in the directory.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="isPinned">
    /// Whether a script, too, is run through its descriptor. Its name is then <c>/proc/self/fd/4</c>, and it can't find files next to
    /// itself by its name. Otherwise it is run by its name in the checked directory.
    /// </param>
    /// <param name="fault">Why it must not run.</param>
    public static HandlerFile? Open(string handler, string directory, bool isPinned, out string fault)
    {
        if (ProgramFinder.HandlerPath(handler, directory, out fault) is not { } path)
        {
            return null;
        }

        if (Resolve(directory) is not { } realDirectory)
        {
            fault = $"the handler directory {directory} does not exist; create it with mode 700, or set --handler_dir";
            return null;
        }

        if (Resolve(path) is not { } real)
        {
            fault = $"{path} does not exist";
            return null;
        }

        if (!real.StartsWith(realDirectory.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            fault = $"{path} is a link to {real}, outside {directory}; put the file itself into the directory";
            return null;
        }

        return Walk(real, realDirectory, isPinned, out fault);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(Descriptor);

    /// <summary>
    /// Opens every directory from the root to the file relative to the one before, so that the checked file is the one that runs.
    /// </summary>
    private static HandlerFile? Walk(string path, string directory, bool isPinned, out string fault)
    {
        fault = string.Empty;
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string at = "/";
        int parent = -1;
        int current = Libc.Open("/", Libc.OpenPathOnly | Libc.CloseOnExec, 0);
        for (int i = 0; i < names.Length && current >= 0; i++)
        {
            // A parent of the handler directory may be writable by all if it is sticky, like /tmp: users can rename only their own files
            // there.
            if (!CheckDirectory(current, at, allowsSticky: at.Length < directory.Length, out fault))
            {
                Libc.CloseAll(parent, current);
                return null;
            }

            Libc.CloseAll(parent);
            parent = current;
            at = System.IO.Path.Combine(at, names[i]);
            current = Libc.OpenAt(parent, names[i], Libc.OpenPathOnly | Libc.CloseOnExec | Libc.OpenNoFollow, 0);
        }

        if (current < 0 || !CheckFile(current, path, out fault))
        {
            fault = fault.Length > 0 ? fault : $"{at} can't be opened: {ErrorText.Of(Marshal.GetLastPInvokeError())}";
            Libc.CloseAll(parent, current);
            return null;
        }

        bool throughDirectory = !isPinned && !IsNative(current);
        Libc.CloseAll(throughDirectory ? current : parent);
        int error = 0;
        int descriptor = ChildProcess.Lift(throughDirectory ? parent : current, ref error);
        return new HandlerFile(path, throughDirectory ? $"{ChildProcess.HandlerPath}/{names[^1]}" : ChildProcess.HandlerPath, descriptor);
    }

    private static bool CheckDirectory(int descriptor, string path, bool allowsSticky, out string fault)
    {
        _ = DiskEntry.Read(descriptor, out DiskEntry entry);
        if (!entry.IsDirectory)
        {
            // It was a directory when the path was resolved.
            fault = $"{path} is no longer a directory: it was replaced while the handler was being started";
            return false;
        }

        return IsTrusted(entry, path, allowsSticky && entry.IsSticky, out fault);
    }

    private static bool CheckFile(int descriptor, string path, out string fault)
    {
        _ = DiskEntry.Read(descriptor, out DiskEntry entry);
        if (!entry.IsFile)
        {
            fault = $"{path} is {entry.Kind}, not a program";
            return false;
        }

        if (!IsTrusted(entry, path, allowsWrite: false, out fault))
        {
            return false;
        }

        if (!entry.IsExecutableByAny || Libc.Access($"/proc/self/fd/{descriptor}", Libc.AccessExecute) != 0)
        {
            fault = $"{path} is not executable by the agent's user; chmod 700 it";
        }

        return fault.Length == 0;
    }

    private static bool IsTrusted(in DiskEntry entry, string path, bool allowsWrite, out string fault)
    {
        fault = !entry.IsTrustedBy(0)
            ? $"{path} belongs to user {entry.Owner}, who can replace it; chown it to root or to the agent's user"
            : entry.IsWritableByOthers && !allowsWrite
            ? $"{path} is writable by users other than its owner (mode {entry.Octal}), who can replace it; chmod go-w it"
            : string.Empty;
        return fault.Length == 0;
    }

    /// <summary>Whether the file is an ELF program, which can run under any name.</summary>
    private static bool IsNative(int descriptor)
    {
        Span<byte> magic = stackalloc byte[4];
        return ProcFile.Read($"/proc/self/fd/{descriptor}", magic).SequenceEqual("\u007fELF"u8);
    }

    private static string? Resolve(string path)
    {
        byte* resolved = stackalloc byte[Libc.PathBytes];
        return Libc.RealPath(path, resolved) == 0 ? null : Marshal.PtrToStringUTF8((nint)resolved);
    }
}
