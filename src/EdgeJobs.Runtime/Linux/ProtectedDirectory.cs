using System.Runtime.InteropServices;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// Directories that only the agent's user and root can change. The check covers the owner and mode of the directory and of every parent,
/// and the owners of the symbolic links in the path.
/// </summary>
internal static class ProtectedDirectory
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int MaxLinks = 40;
    private const int Exists = 17;

    /// <summary>Creates a directory with mode 700, in a parent that exists.</summary>
    /// <returns>False when it exists already.</returns>
    /// <exception cref="IOException">It can't be created, or the existing one must not be trusted.</exception>
    public static bool Create(string path)
    {
        if (Libc.MakeDirectory(path, (uint)OwnerOnly) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error != Exists ? throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'")
            : FindFault(path) is { } fault ? throw new IOException(fault)
            : false;
    }

    /// <summary>Whether this process may create files in a directory.</summary>
    public static bool IsWritable(string path, out int error)
    {
        error = Libc.Access(path, Libc.AccessWrite | Libc.AccessExecute) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error == 0;
    }

    /// <summary>Checks a directory of the agent, and all directories and links in its path.</summary>
    /// <param name="path">The directory; it need not exist.</param>
    /// <param name="real">Its path without symbolic links, up to the first fault.</param>
    /// <returns>What is wrong, and the command that fixes it; null when nothing is.</returns>
    public static string? FindFault(string path, out string real) => FindFault(path, Libc.EffectiveUser(), out real);

    /// <summary>The same for an agent that runs as another user.</summary>
    /// <inheritdoc cref="FindFault(string, out string)"/>
    public static string? FindFault(string path, uint user, out string real)
    {
        // A link adds its target to the names that are left. The resolved part has no links.
        List<string> rest = Split(Path.GetFullPath(path));
        real = "/";
        int links = 0;
        while (rest.Count > 0)
        {
            string name = rest[^1];
            rest.RemoveAt(rest.Count - 1);
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            string next = Path.Combine(real, name);
            int error = DiskEntry.Read(next, out DiskEntry entry);
            if (error == Libc.NoEntry)
            {
                rest.Reverse();
                real = Path.Combine([next, .. rest]);
                return null;
            }

            if (error != 0)
            {
                return $"{next} can't be inspected: {ErrorText.OfFile(error)}";
            }

            if (entry.IsLink)
            {
                if (!entry.IsTrustedBy(user))
                {
                    return $"{next} is a symbolic link of {DiskEntry.NameOf(entry.Owner)}, who can change its target; "
                        + $"remove it: sudo rm {next}";
                }

                string target = new FileInfo(next).LinkTarget ?? string.Empty;
                if (++links > MaxLinks || target.Length == 0)
                {
                    return $"{next} is a symbolic link without a target; remove it: sudo rm {next}";
                }

                real = target[0] == '/' ? "/" : real;
                rest.AddRange(Split(target));
                continue;
            }

            real = next;
            if (rest.Count > 0 && CheckParent(next, entry, user) is { } fault)
            {
                return fault;
            }
        }

        return DiskEntry.Read(real, out DiskEntry last) == 0 ? Check(real, last, user) : $"{real} can't be inspected";
    }

    /// <summary>Checks a directory inside a protected one.</summary>
    /// <returns>What is wrong, and the command that fixes it; null when nothing is, or when the directory does not exist.</returns>
    public static string? FindFault(string path)
    {
        int error = DiskEntry.Read(path, out DiskEntry entry);
        return error == Libc.NoEntry ? null
            : error != 0 ? $"{path} can't be inspected: {ErrorText.OfFile(error)}"
            : Check(path, entry, DiskEntry.Read(Path.GetDirectoryName(path) ?? "/", out DiskEntry parent) == 0 ? parent.Owner : 0);
    }

    private static string? Check(string path, in DiskEntry entry, uint user)
    {
        if (!entry.IsDirectory)
        {
            return $"{path} is {entry.Kind}, not a directory; move it away, or choose another directory";
        }

        if (!entry.IsTrustedBy(user))
        {
            return $"{path} belongs to {DiskEntry.NameOf(entry.Owner)}, not to the user {OwnUser.Name}; "
                + $"run the agent as that user, or run: sudo chown {OwnUser.Owner} {path}";
        }

        return entry.IsWritableByOthers
            ? $"{path} is writable by users other than its owner (mode {entry.Octal}), who may have left files in it; "
                + $"check its content, then run: sudo chmod 700 {path}"
            : null;
    }

    private static string? CheckParent(string path, in DiskEntry entry, uint user)
    {
        if (!entry.IsDirectory)
        {
            return $"{path} is {entry.Kind}, not a directory; choose another directory";
        }

        if (!entry.IsTrustedBy(user))
        {
            return $"{path}, a parent of the directory, belongs to {DiskEntry.NameOf(entry.Owner)}, who can replace the directory; "
                + $"choose a directory that no other user can replace, such as {AgentSettings.DefaultDataDirectory}";
        }

        return entry.IsReplaceableByOthers
            ? $"{path}, a parent of the directory, is writable by users other than its owner (mode {entry.Octal}), "
                + $"who can replace the directory; run: sudo chmod go-w {path}, or choose another directory"
            : null;
    }

    /// <summary>The names of a path, the last one first.</summary>
    private static List<string> Split(string path)
    {
        List<string> names = [];
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name != ".")
            {
                names.Insert(0, name);
            }
        }

        return names;
    }
}
