using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Opens directories by a path that other users can't redirect: only symbolic links of root and of the agent's user are followed.</summary>
internal static class TrustedPath
{
    // The limit of Linux.
    private const int MaxLinks = 40;
    private const int MaxTarget = 4096;
    private const int TooManyLinks = 40;

    /// <summary>Opens a directory for reading.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="flags">The flags of open(2).</param>
    /// <param name="foreign">The link that is not followed, and its owner; null if there is none.</param>
    /// <returns>The descriptor; -1 after a failure, and the error number is that of the last system call.</returns>
    public static int OpenDirectory(string path, int flags, out string? foreign)
    {
        foreign = null;
        Stack<string> names = new();
        Push(names, path);
        int directory = OpenRoot();
        for (int links = 0; directory >= 0 && names.TryPop(out string? name);)
        {
            int next = Libc.OpenAt(directory, name, Libc.OpenPathOnly | Libc.OpenNoFollow | Libc.CloseOnExec, 0);
            if (next < 0 || DiskEntry.Read(next, out DiskEntry entry) != 0 || !entry.IsLink)
            {
                Close(directory);
                directory = next;
                continue;
            }

            string? target = entry.IsTrustedBy(0) ? ReadLink(next) : null;
            Close(next);
            if (target is null || ++links > MaxLinks)
            {
                Close(directory);
                Marshal.SetLastPInvokeError(TooManyLinks);
                foreign = links > MaxLinks ? null : $"'{name}' is a symbolic link of {DiskEntry.NameOf(entry.Owner)}";
                return -1;
            }

            if (target.StartsWith('/'))
            {
                Close(directory);
                directory = OpenRoot();
            }

            Push(names, target);
        }

        if (directory < 0)
        {
            return directory;
        }

        int opened = Libc.OpenAt(directory, ".", flags, 0);
        Close(directory);
        return opened;
    }

    private static int OpenRoot() => Libc.Open("/", Libc.OpenPathOnly | Libc.CloseOnExec, 0);

    private static void Push(Stack<string> names, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            names.Push(parts[i]);
        }
    }

    /// <summary>Closes a descriptor and keeps the error number of the call before.</summary>
    private static void Close(int descriptor)
    {
        int error = Marshal.GetLastPInvokeError();
        _ = Libc.Close(descriptor);
        Marshal.SetLastPInvokeError(error);
    }

    private static unsafe string? ReadLink(int link)
    {
        byte* buffer = stackalloc byte[MaxTarget];
        nint length = Libc.ReadLinkAt(link, string.Empty, buffer, MaxTarget);
        return length is > 0 and < MaxTarget ? Encoding.UTF8.GetString(buffer, (int)length) : null;
    }
}
