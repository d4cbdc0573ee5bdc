using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// A handler that was checked through the descriptors that it is then run by: owner and mode of every directory on the way
/// from the root, and of the file itself. Whoever could put another file in its place is trusted already, and one who does
/// while it is being started comes too late.
/// </summary>
internal sealed unsafe class HandlerFile : IDisposable
{
    private const int KindMask = 0xF000;
    private const int DirectoryKind = 0x4000;
    private const int FileKind = 0x8000;
    private const int OthersWrite = 0x12;
    private const int AnyExecute = 0x49;
    private const int Sticky = 0x200;
    private const int Executable = 1;

    private HandlerFile(string path, string program, int descriptor)
    {
        Path = path;
        Program = program;
        Descriptor = descriptor;
    }

    /// <summary>The path of the file, without links.</summary>
    public string Path { get; }

    /// <summary>What a child that has <see cref="Descriptor"/> as <see cref="ChildProcess.HandlerDescriptor"/> executes.</summary>
    public string Program { get; }

    /// <summary>The file, or for a script the directory that it is in.</summary>
    public int Descriptor { get; }

    /// <summary>Opens a handler and checks it.</summary>
    /// <param name="handler">Its file name, or the path of it below the directory.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="isPinned">
    /// Whether a script is run through a descriptor of its own too. It then sees <c>/proc/self/fd/4</c> as its name, and
    /// does not find files beside itself by that; otherwise it is run by its name in the directory that was checked.
    /// </param>
    /// <param name="fault">Why it may not run.</param>
    public static HandlerFile? Open(string handler, string directory, bool isPinned, out string fault)
    {
        if (System.IO.Path.IsPathRooted(handler) || handler.Split('/').Contains(".."))
        {
            fault = $"the handler '{handler}' leads out of {directory}; give a file name";
            return null;
        }

        string path = System.IO.Path.Combine(directory, handler);
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
            fault = $"{path} is a link out of {directory}, to {real}; put the file itself there";
            return null;
        }

        return Walk(real, realDirectory, isPinned, out fault);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(Descriptor);

    /// <summary>Goes from the root to the file, a descriptor at a time, so that what is checked is what is used.</summary>
    private static HandlerFile? Walk(string path, string directory, bool isPinned, out string fault)
    {
        fault = string.Empty;
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string at = "/";
        int parent = -1;
        int current = Libc.Open("/", Libc.OpenPathOnly | Libc.CloseOnExec, 0);
        for (int i = 0; i < names.Length && current >= 0; i++)
        {
            // Above the handler directory one for all users will do when it is sticky, as /tmp is: nobody can rename what is another's.
            if (!CheckDirectory(current, at, allowsSticky: at.Length < directory.Length, out fault))
            {
                Close(parent, current);
                return null;
            }

            Close(parent);
            parent = current;
            at = System.IO.Path.Combine(at, names[i]);
            current = Libc.OpenAt(parent, names[i], Libc.OpenPathOnly | Libc.CloseOnExec | Libc.OpenNoFollow, 0);
        }

        if (current < 0 || !CheckFile(current, path, out fault))
        {
            fault = fault.Length > 0 ? fault : $"{at} can't be opened: {ErrorText.Of(Marshal.GetLastPInvokeError())}";
            Close(parent, current);
            return null;
        }

        bool throughDirectory = !isPinned && !IsNative(current);
        Close(throughDirectory ? current : parent);
        int descriptor = Lift(throughDirectory ? parent : current);
        return new HandlerFile(path, throughDirectory ? $"{ChildProcess.HandlerPath}/{names[^1]}" : ChildProcess.HandlerPath, descriptor);
    }

    private static bool CheckDirectory(int descriptor, string path, bool allowsSticky, out string fault)
    {
        Libc.FileStatusEntry status;
        _ = Libc.FileStatus(descriptor, string.Empty, Libc.EmptyPath, Libc.StatusBasics, &status);
        if ((status.Mode & KindMask) != DirectoryKind)
        {
            // It was one when the path was looked up.
            fault = $"{path} is no longer a directory; somebody changes it while the handler is started";
            return false;
        }

        return IsOurs(status, path, out fault) && (allowsSticky && (status.Mode & Sticky) != 0 || IsProtected(status, path, out fault));
    }

    private static bool CheckFile(int descriptor, string path, out string fault)
    {
        Libc.FileStatusEntry status;
        _ = Libc.FileStatus(descriptor, string.Empty, Libc.EmptyPath, Libc.StatusBasics, &status);
        int kind = status.Mode & KindMask;
        if (kind != FileKind)
        {
            fault = kind == DirectoryKind ? $"{path} is a directory, not a program" : $"{path} is not a file";
            return false;
        }

        if (!IsOurs(status, path, out fault) || !IsProtected(status, path, out fault))
        {
            return false;
        }

        if ((status.Mode & AnyExecute) == 0 || Libc.Access($"/proc/self/fd/{descriptor}", Executable) != 0)
        {
            fault = $"{path} is not executable for the agent's user; chmod 700 it";
        }

        return fault.Length == 0;
    }

    private static bool IsOurs(Libc.FileStatusEntry status, string path, out string fault)
    {
        uint own = Libc.EffectiveUser();
        fault = status.User == 0 || status.User == own
            ? string.Empty
            : $"{path} belongs to user {status.User}, who could put anything there; chown it to root or to the agent's user";
        return fault.Length == 0;
    }

    private static bool IsProtected(Libc.FileStatusEntry status, string path, out string fault)
    {
        fault = (status.Mode & OthersWrite) == 0
            ? string.Empty
            : $"{path} can be written by others than its owner (mode {Convert.ToString(status.Mode & 0xFFF, 8)}), who could put anything in its place; chmod go-w it";
        return fault.Length == 0;
    }

    /// <summary>Whether the file is a program for the machine, which does not care by what name it is run.</summary>
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

    private static int Lift(int descriptor)
    {
        int lifted = descriptor >= ChildProcess.FirstFree
            ? descriptor
            : Libc.FileControl(descriptor, Libc.DuplicateCloseOnExec, ChildProcess.FirstFree);
        if (lifted != descriptor)
        {
            Close(descriptor);
        }

        return lifted;
    }

    private static void Close(params ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            if (descriptor >= 0)
            {
                _ = Libc.Close(descriptor);
            }
        }
    }
}
